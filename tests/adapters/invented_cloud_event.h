#pragma once

#include <map>
#include <string>
#include <vector>

#include "clients/adapters/outcome.h"

namespace tearline::adapters {

/// A CloudEvent about nobody who lives: its members as JSON text, in order of name. What is given
/// replaces a member, "" leaves it out.
std::string CloudEvent(const std::map<std::string, std::string>& changed = {});

/// Of an event that must be adapted. Fails the test, and returns an empty one, if it is not.
Adapted MustAdaptCloudEvent(const std::string& bytes);

/// Of an event that must be set aside: its reason, and the sentence quotes none of its values.
QuarantineReason MustSetAsideCloudEvent(const std::string& bytes);

}  // namespace tearline::adapters
