#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/state/batch.h"
#include "broker/state/database.h"
#include "tearline/v1/directory.pb.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/identity/certificate_workshop.h"

namespace tearline::rpc {

/// A state with a directory in it, written row by row: what the door looks at before any machine.
/// Agencies probation and police, each with an authority of its own.
class DirectoryRows {
 public:
  DirectoryRows();

  const identity::Issued& probation() const { return probation_; }
  const identity::Issued& police() const { return police_; }

  /// Writes rows in one batch.
  template <typename Write>
  void Change(Write write) {
    const std::shared_ptr<const state::View> below = database_->Now();
    state::Batch batch(*below);
    write(batch);
    const Status status = database_->Commit(batch, database_->Position() + 1);
    if (!status.ok()) throw std::runtime_error(SentenceOf(status));
  }

  void SetAgency(const std::string& name, const identity::Issued& authority, bool suspended,
                 const std::string& area = "");
  void SetMember(const std::string& agency, const std::string& name, bool suspended);
  void SetPost(const std::string& post, const std::string& holder,
               const std::vector<v1::PostRole>& roles);

  std::shared_ptr<const state::View> View() const { return database_->Now(); }

 private:
  const identity::Issued probation_;
  const identity::Issued police_;
  doubles::TemporaryDirectory home_;
  std::unique_ptr<state::Database> database_;
};

}  // namespace tearline::rpc
