#include "broker/policy/sample_world.h"

#include <algorithm>

namespace tearline::policy {
namespace {

std::string AgencyOf(const std::string& post) { return post.substr(0, post.find('/')); }

const v1::Agency* FindAgency(const v1::PolicySamples& samples, const std::string& agency) {
  const auto found =
      std::find_if(samples.agencies().begin(), samples.agencies().end(),
                   [&agency](const v1::Agency& each) { return each.agency() == agency; });
  return found == samples.agencies().end() ? nullptr : &*found;
}

EventFacts FactsOf(const v1::SampleEvent& sample, const v1::PolicySamples& samples) {
  const v1::Event& event = sample.event();
  EventFacts facts;
  facts.event_type = event.event_type();
  facts.originating_agency = AgencyOf(sample.originating_post());
  facts.originator_kind = FindAgency(samples, facts.originating_agency)->kind();
  facts.urgency = event.urgency();
  facts.label = event.label();
  facts.facts = event.facts();
  facts.purpose = sample.purpose();
  facts.legal_basis = sample.legal_basis();
  for (const v1::Segment& segment : event.segments()) {
    EventFacts::Segment& each = facts.segments.emplace_back();
    for (const int flag : segment.flags()) each.flags.push_back(static_cast<v1::ContentFlag>(flag));
    each.nominals.assign(segment.nominal_indexes().begin(), segment.nominal_indexes().end());
    if (segment.has_grading()) each.grading = segment.grading();
  }
  for (const v1::TearLine& tear_line : event.tear_lines()) {
    facts.tear_lines.push_back({tear_line.marking(), tear_line.audience()});
  }
  return facts;
}

RecipientFacts FactsOf(const v1::Post& post, const v1::PolicySamples& samples) {
  RecipientFacts facts;
  facts.post = post.post();
  facts.agency = AgencyOf(post.post());
  const v1::Agency& agency = *FindAgency(samples, facts.agency);
  facts.agency_kind = agency.kind();
  facts.area = agency.area();
  facts.clearance = post.clearance();
  for (const int role : post.roles()) facts.roles.push_back(static_cast<v1::PostRole>(role));
  return facts;
}

/// Whether the samples name the post as who supervises the nominal, apart from any case.
bool IsNamedSupervisor(const std::string& post, const std::string& nominal_id,
                       const v1::PolicySamples& samples) {
  return std::any_of(samples.supervisors().begin(), samples.supervisors().end(),
                     [&](const v1::SampleSupervisor& each) {
                       return each.nominal_id() == nominal_id && each.post() == post;
                     });
}

}  // namespace

SampleWorld::SampleWorld(const v1::Policy& policy) : samples_(policy.samples()) {
  for (const v1::SampleEvent& event : samples_.events()) {
    events_.push_back(FactsOf(event, samples_));
  }
  for (const v1::Post& post : samples_.posts()) recipients_.push_back(FactsOf(post, samples_));
}

std::optional<std::size_t> SampleWorld::FindEvent(std::string_view name) const {
  for (int i = 0; i < samples_.events_size(); ++i) {
    if (samples_.events(i).name() == name) return static_cast<std::size_t>(i);
  }
  return std::nullopt;
}

std::optional<std::size_t> SampleWorld::FindPost(std::string_view post) const {
  for (int i = 0; i < samples_.posts_size(); ++i) {
    if (samples_.posts(i).post() == post) return static_cast<std::size_t>(i);
  }
  return std::nullopt;
}

std::vector<NominalFacts> SampleWorld::Nominals(std::size_t event, std::size_t post) const {
  std::vector<NominalFacts> all;
  const std::string& name = samples_.posts(static_cast<int>(post)).post();
  for (const v1::NominalReference& nominal :
       samples_.events(static_cast<int>(event)).event().nominals()) {
    const auto its_case = std::find_if(
        samples_.cases().begin(), samples_.cases().end(),
        [&nominal](const v1::Case& each) { return each.nominal_id() == nominal.nominal_id(); });
    NominalFacts& facts = all.emplace_back();
    const bool has_case = its_case != samples_.cases().end();
    if (has_case) facts = StandingIn(*its_case, name);
    if (!has_case || its_case->supervising_post().empty()) {
      facts.supervising = IsNamedSupervisor(name, nominal.nominal_id(), samples_);
    }
    const auto limit = std::find_if(samples_.limits().begin(), samples_.limits().end(),
                                    [&nominal](const v1::SampleLimit& each) {
                                      return each.nominal_id() == nominal.nominal_id();
                                    });
    if (limit == samples_.limits().end()) continue;
    facts.access_limited = !limit->excluded().empty() || !limit->only().empty();
    facts.excluded = IsKeptOut(name, limit->excluded(), limit->only());
    facts.in_conflict = std::find(limit->in_conflict().begin(), limit->in_conflict().end(), name) !=
                        limit->in_conflict().end();
  }
  return all;
}

}  // namespace tearline::policy
