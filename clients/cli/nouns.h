#pragma once

namespace CLI {
class App;
}

namespace tearline::cli {

struct Invocation;

/// Each adds one noun and its verbs to `app`. A verb that is chosen puts itself into
/// `invocation.verb`; nothing runs before the whole command line is understood.
///
/// Requires: `invocation` outlives the parsing.
void AddEvent(CLI::App& app, Invocation& invocation);
void AddFeed(CLI::App& app, Invocation& invocation);
void AddSubscription(CLI::App& app, Invocation& invocation);
void AddNominal(CLI::App& app, Invocation& invocation);
void AddGlass(CLI::App& app, Invocation& invocation);
void AddCase(CLI::App& app, Invocation& invocation);
/// Verbs of `tearline nominal`, in files of their own.
void AddMoveBooking(CLI::App& noun, Invocation& invocation);
void AddNominalNumbers(CLI::App& noun, Invocation& invocation);
/// Verbs of `tearline case`, in files of their own.
void AddCaseCommission(CLI::App& noun, Invocation& invocation);
void AddCaseLevel(CLI::App& noun, Invocation& invocation);
void AddCaseActions(CLI::App& noun, Invocation& invocation);
void AddCaseMeetings(CLI::App& noun, Invocation& invocation);
void AddRequest(CLI::App& app, Invocation& invocation);
void AddPost(CLI::App& app, Invocation& invocation);
void AddPolicy(CLI::App& app, Invocation& invocation);
void AddDirectory(CLI::App& app, Invocation& invocation);
void AddObligation(CLI::App& app, Invocation& invocation);
void AddAudit(CLI::App& app, Invocation& invocation);
void AddWitness(CLI::App& app, Invocation& invocation);
/// Verbs of the noun `directory`.
void AddSigningKeys(CLI::App& directory, Invocation& invocation);
void AddPostReport(CLI::App& directory, Invocation& invocation);
/// The one verb without a noun: `tearline metrics`.
void AddMetrics(CLI::App& app, Invocation& invocation);

}  // namespace tearline::cli
