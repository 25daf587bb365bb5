#include "tests/adapters/invented_message.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

namespace tearline::adapters {

std::string InventedMessage::Bare() const {
  std::string members;
  for (const auto& [name, value] :
       {std::pair{"eventType", type}, std::pair{"version", version},
        std::pair{"description", description}, std::pair{"occurredAt", occurred},
        std::pair{"personReference", reference}, std::pair{"additionalInformation", further}}) {
    if (value.empty()) continue;
    members += std::string(members.empty() ? "" : ",") + "\"" + name + "\":" + value;
  }
  return "{" + members + "}";
}

std::string InNotification(const std::string& body, const std::string& type) {
  nlohmann::json envelope = {{"Type", "Notification"},
                             {"MessageId", "00000000-0000-4000-8000-000000000001"},
                             {"Message", body},
                             {"Timestamp", "2020-01-01T00:00:00.000Z"}};
  if (!type.empty()) {
    envelope["MessageAttributes"]["eventType"] = {{"Type", "String"}, {"Value", type}};
  }
  return envelope.dump();
}

Adapted MustAdapt(const std::string& bytes) {
  std::variant<Adapted, Quarantined> outcome = AdaptHmpps(bytes, {"prison-north/desk"});
  if (const Quarantined* aside = std::get_if<Quarantined>(&outcome)) {
    ADD_FAILURE() << "set aside as " << NameOf(aside->reason) << ": " << bytes.substr(0, 400);
    return {};
  }
  return std::get<Adapted>(std::move(outcome));
}

Adapted MustAdapt(const InventedMessage& message) { return MustAdapt(message.Bare()); }

Quarantined MustSetAside(const std::string& bytes) {
  std::variant<Adapted, Quarantined> outcome = AdaptHmpps(bytes, {"prison-north/desk"});
  if (std::holds_alternative<Adapted>(outcome)) {
    ADD_FAILURE() << "was adapted: " << bytes.substr(0, 400);
    return {};
  }
  return std::get<Quarantined>(std::move(outcome));
}

Quarantined MustSetAside(const InventedMessage& message) { return MustSetAside(message.Bare()); }

namespace {

std::string Spoken(const v1::Identifier& identifier) {
  const std::string type = v1::IdentifierType_Name(identifier.type());
  return type.substr(std::string("IDENTIFIER_TYPE_").size()) + " " + identifier.value();
}

}  // namespace

std::vector<std::string> NominalsOf(const Adapted& adapted) {
  std::vector<std::string> nominals;
  for (const v1::NominalReference& nominal : adapted.event.nominals()) {
    std::string names = Spoken(nominal.identifier());
    for (const v1::Identifier& further : nominal.also_known_by()) names += " = " + Spoken(further);
    nominals.push_back(names);
  }
  return nominals;
}

std::vector<std::string> NotesOf(const Adapted& adapted) {
  std::vector<std::string> names;
  for (const Note& note : adapted.notes) names.push_back(NameOf(note.kind));
  return names;
}

}  // namespace tearline::adapters
