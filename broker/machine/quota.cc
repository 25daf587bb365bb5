#include "broker/machine/quota.h"

#include "broker/machine/rows.h"
#include "broker/model/limits.h"

namespace tearline::machine {
namespace {

constexpr std::int64_t kHourMs = 60 * 60 * 1000;

struct Bound {
  std::uint32_t per_hour_max;
  const char* sentence;
};

Bound BoundOf(QuotaKind kind) {
  if (kind == QuotaKind::kConsult) {
    return {model::kConsultationsPerHourMax,
            "a member may look 1,200 times in an hour; try again in the next"};
  }
  return {model::kResolvesPerHourMax,
          "a member may ask about 600 identifiers in an hour, by resolving, registering or "
          "linking; try again in the next"};
}

state::Key QuotaKey(QuotaKind kind, const stored::v1::Actor& actor) {
  return state::Key(state::Table::kQuota)
      .U8(static_cast<std::uint8_t>(kind))
      .Name(actor.agency())
      .Name(actor.member());
}

/// What is used of the hour of `now_ms`.
stored::v1::QuotaRow QuotaOf(QuotaKind kind, const stored::v1::Actor& actor, std::int64_t now_ms,
                             const state::Reader& reader) {
  const auto row = reader.Find<stored::v1::QuotaRow>(QuotaKey(kind, actor));
  if (row && row->window() == now_ms / kHourMs) return *row;
  stored::v1::QuotaRow fresh;
  fresh.set_window(now_ms / kHourMs);
  return fresh;
}

}  // namespace

Status CheckQuota(QuotaKind kind, const stored::v1::Actor& actor, std::uint32_t count,
                  std::int64_t now_ms, const state::Reader& reader) {
  const Bound bound = BoundOf(kind);
  const std::uint32_t used = QuotaOf(kind, actor, now_ms, reader).used();
  if (used <= bound.per_hour_max && count <= bound.per_hour_max - used) return {};
  return Refuse(v1::ERROR_REASON_QUOTA_USED, bound.sentence);
}

Status AskAbout(QuotaKind kind, std::uint32_t count, Step& step) {
  if (step.confirmed) return {};
  TEARLINE_RETURN_IF_REFUSED(CheckQuota(kind, step.actor, count, step.now_ms(), step.batch));
  step.asked_about = count;
  step.asked_kind = kind;
  return {};
}

void WriteQuota(const Step& step) {
  if (step.asked_about == 0) return;
  stored::v1::QuotaRow row = QuotaOf(step.asked_kind, step.actor, step.now_ms(), step.batch);
  row.set_used(row.used() + step.asked_about);
  step.batch.PutRow(QuotaKey(step.asked_kind, step.actor), row);
}

}  // namespace tearline::machine
