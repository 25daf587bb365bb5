#pragma once

#include <string>
#include <variant>
#include <vector>

#include "clients/adapters/hmpps.h"

namespace tearline::adapters {

/// A message about nobody who lives, member by member as JSON text. An empty member is left out.
struct InventedMessage {
  std::string type = "\"person.alert.created\"";
  std::string version = "1";
  std::string occurred = "\"2026-02-03T04:05:06Z\"";
  std::string reference = R"({"identifiers":[{"type":"NOMS","value":"A1111AA"}]})";
  std::string further = "{}";
  std::string description = "\"words that must stay behind\"";

  std::string Bare() const;
};

/// `body` as SNS would send it, with `type` as its attribute; no attribute if that is empty.
std::string InNotification(const std::string& body, const std::string& type);

/// Of a message that must be adapted. Fails the test, and returns an empty event, if it is not.
Adapted MustAdapt(const std::string& bytes);
Adapted MustAdapt(const InventedMessage& message);

/// Of a message that must be set aside. Fails the test if it is not.
Quarantined MustSetAside(const std::string& bytes);
Quarantined MustSetAside(const InventedMessage& message);

/// "TYPE value" of each, in order; " = TYPE value" for every number it is also known by.
std::vector<std::string> NominalsOf(const Adapted& adapted);

/// Names, in order.
std::vector<std::string> NotesOf(const Adapted& adapted);

}  // namespace tearline::adapters
