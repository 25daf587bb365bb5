#include "broker/sequencer/concerned.h"

#include <utility>

#include "broker/model/ids.h"
#include "broker/sequencer/subject_keys.h"
#include "broker/state/key.h"

namespace tearline::sequencer {
namespace {

Result<Concerned> IdentifyOne(const v1::NominalReference& reference, const std::string& agency,
                              const std::string& path, const Workbench& bench) {
  Concerned concerned;
  if (reference.has_nominal_id()) {
    concerned.nominal_id = model::NominalId::Parse(reference.nominal_id())->Bytes();
    if (bench.view.Get(state::Key(state::Table::kNominal).Fixed(concerned.nominal_id))) {
      return concerned;
    }
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
  }
  for (int i = -1; i < reference.also_known_by_size(); ++i) {
    const bool first = i < 0;
    Result<IndexedIdentifier> indexed = IndexIdentifier(
        first ? reference.identifier() : reference.also_known_by(i), agency,
        path + (first ? ".identifier" : ".also_known_by[" + std::to_string(i) + "]"), bench);
    if (!indexed.ok()) return indexed.status();
    if (concerned.nominal_id.empty()) concerned.nominal_id = OwnerOf(indexed->stored, bench);
    concerned.identifiers.push_back(*std::move(indexed));
  }
  return concerned;
}

}  // namespace

Result<std::vector<Concerned>> Identify(const v1::Event& event, const std::string& agency,
                                        const Workbench& bench) {
  std::vector<Concerned> all;
  for (int i = 0; i < event.nominals_size(); ++i) {
    Result<Concerned> one =
        IdentifyOne(event.nominals(i), agency, "event.nominals[" + std::to_string(i) + "]", bench);
    if (!one.ok()) return one.status();
    all.push_back(*std::move(one));
  }
  return all;
}

std::vector<std::uint32_t> AboutWhom(const v1::Segment& segment) {
  std::vector<std::uint32_t> about(segment.nominal_indexes().begin(),
                                   segment.nominal_indexes().end());
  if (about.empty()) about.push_back(kNobody);
  return about;
}

std::vector<std::uint32_t> AboutAll(std::size_t nominals) {
  std::vector<std::uint32_t> about;
  for (std::uint32_t i = 0; i < nominals; ++i) about.push_back(i);
  if (about.empty()) about.push_back(kNobody);
  return about;
}

}  // namespace tearline::sequencer
