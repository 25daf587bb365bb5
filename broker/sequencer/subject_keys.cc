#include "broker/sequencer/subject_keys.h"

#include "broker/model/civil_time.h"
#include "broker/status/invariant.h"

namespace tearline::sequencer {

SubjectKeys::SubjectKeys(const Workbench& bench, bool reuse)
    : bench_(bench),
      reuse_(reuse),
      quarter_(static_cast<std::uint32_t>(model::QuarterOf(bench.now_ms))) {}

SubjectKeys::~SubjectKeys() {
  // If it fails, the next start finds them.
  if (!kept_) (void)bench_.vault.Destroy(Keep());
}

std::vector<model::SubjectKeyId> SubjectKeys::Keep() {
  kept_ = true;
  std::vector<model::SubjectKeyId> ids;
  for (const auto& [what, entry] : needed_) {
    if (entry.made) ids.push_back(entry.key);
  }
  return ids;
}

void SubjectKeys::Need(std::uint32_t nominal_index, const std::string& nominal_id,
                       stored::v1::ContentClass content_class) {
  needed_[{nominal_index, content_class}].nominal_id = nominal_id;
}

std::size_t SubjectKeys::Find() {
  missing_.clear();
  for (auto& [what, entry] : needed_) {
    const bool has_owner = what.first == kNobody || !entry.nominal_id.empty();
    if (!reuse_ || !has_owner || !FindInView(what.second, entry)) missing_.push_back(&entry);
  }
  return missing_.size();
}

void SubjectKeys::Take(std::span<const model::SubjectKeyId> made) {
  TEARLINE_INVARIANT(made.size() == missing_.size(), "a key is made for each that is missing");
  for (std::size_t i = 0; i < made.size(); ++i) {
    missing_[i]->key = made[i];
    missing_[i]->made = true;
  }
}

Status SubjectKeys::Get() {
  const std::size_t count = Find();
  if (count == 0) return {};
  const Result<std::vector<model::SubjectKeyId>> made = bench_.vault.Make(count);
  if (!made.ok()) return made.status();
  Take(*made);
  return {};
}

/// Whichever lies first: a key that was erased is not found by its owner any more.
bool SubjectKeys::FindInView(stored::v1::ContentClass content_class, Entry& entry) const {
  const std::string owner =
      entry.nominal_id.empty() ? std::string(model::NominalId::kBytes, '\0') : entry.nominal_id;
  const auto rows = bench_.view.Scan(state::Key(state::Table::kSubjectKeyOf)
                                         .Fixed(owner)
                                         .U8(static_cast<std::uint8_t>(content_class))
                                         .U32(quarter_),
                                     1);
  if (rows.empty()) return false;
  const std::string& key = rows.front().first;
  const Result<model::SubjectKeyId> id =
      model::SubjectKeyId::FromBytes(key.substr(key.size() - model::SubjectKeyId::kBytes));
  TEARLINE_INVARIANT(id.ok(), "a subject key's row ends in its id");
  entry.key = *id;
  return true;
}

const model::SubjectKeyId& SubjectKeys::Of(std::uint32_t nominal_index,
                                           stored::v1::ContentClass content_class) const {
  const auto found = needed_.find({nominal_index, content_class});
  TEARLINE_INVARIANT(found != needed_.end(), "a key is used that was said to be needed");
  return found->second.key;
}

std::vector<stored::v1::SubjectKeyUse> SubjectKeys::Made() const {
  std::vector<stored::v1::SubjectKeyUse> uses;
  for (const auto& [what, entry] : needed_) {
    if (!entry.made) continue;
    stored::v1::SubjectKeyUse& use = uses.emplace_back();
    use.set_subject_key_id(entry.key.Bytes());
    use.set_nominal_index(what.first);
    use.set_content_class(what.second);
    use.set_quarter(quarter_);
  }
  return uses;
}

}  // namespace tearline::sequencer
