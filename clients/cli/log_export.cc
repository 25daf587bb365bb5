#include "clients/cli/log_export.h"

#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include <nlohmann/json.hpp>

#include "clients/cli/log_source.h"
#include "clients/cli/output.h"
#include "clients/cli/private_file.h"
#include "clients/verifier/export_file.h"
#include "clients/verifier/leaf_line.h"
#include "clients/verifier/note.h"

namespace tearline::cli {
namespace {

constexpr char kOut[] = "--out";

std::uint64_t TreeSizeOf(const std::string& signed_note) {
  const absl::StatusOr<verifier::Checkpoint> checkpoint =
      verifier::ReadCheckpoint(verifier::NoteText(signed_note));
  if (!checkpoint.ok()) StopUnverified(std::string(checkpoint.status().message()));
  return checkpoint->tree_size;
}

/// The next line, if it ends.
bool TakeLine(std::istream& file, std::string& line) {
  return std::getline(file, line) && !file.eof();
}

std::optional<verifier::ExportHead> TakeHead(std::istream& file) {
  std::string line;
  if (!TakeLine(file, line)) return std::nullopt;
  std::istringstream first(line);
  const auto none = [](const verifier::LeafParts&) { return absl::OkStatus(); };
  const absl::StatusOr<verifier::ExportHead> head = verifier::ReadExport(first, none);
  if (!head.ok()) return std::nullopt;
  return *head;
}

/// Of the newest checkpoint nothing is left out but what enough witnesses had not cosigned yet when
/// the export was begun, or what came since.
void SayExported(const Invocation& invocation, std::uint64_t size, bool cosigned,
                 const v1::GetCheckpointResponse& answer) {
  const auto newest = verifier::ReadCheckpoint(verifier::NoteText(answer.signed_note()));
  const std::uint64_t newest_size = newest.ok() ? newest->tree_size : size;
  if (invocation.json) {
    return PrintJson(nlohmann::json{
        {"exported", size}, {"cosigned", cosigned}, {"newest_tree_size", newest_size}});
  }
  std::cout << "exported " << size << " leaves";
  if (cosigned) std::cout << ", as many as witnesses cosigned of " << newest_size;
  std::cout << "\n  next  tearline audit verify --offline FILE --verifier-key KEY\n";
  if (size < newest_size) {
    std::cout << "        (with --trust only where no newer checkpoint was remembered)\n";
  }
}

}  // namespace

bool IsLogExport(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return TakeHead(file).has_value();
}

BegunExport ReadBegunExport(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::optional<verifier::ExportHead> head = TakeHead(file);
  if (!head) StopUsage("--resume needs a file that `audit replay --out` began");
  BegunExport begun;
  begun.tree_size = TreeSizeOf(head->signed_note);
  const auto signatures = verifier::ReadSignatures(head->signed_note);
  begun.cosigned = signatures.ok() && signatures->size() > 1;
  begun.verifier_key = head->verifier_key;
  begun.bytes = static_cast<std::uintmax_t>(file.tellg());
  verifier::LeafParts leaf;
  std::string line;
  while (TakeLine(file, line) && verifier::ReadLeafLine(line, leaf) &&
         leaf.index == begun.leaves) {
    begun.bytes += line.size() + 1;
    ++begun.leaves;
  }
  if (begun.leaves >= begun.tree_size) {
    StopUsage("the file is finished; there is nothing to go on with");
  }
  return begun;
}

void DemandSameKey(const BegunExport& begun, const std::string& verifier_key) {
  if (begun.verifier_key == verifier_key) return;
  StopUsage("--out was begun from a log with another key than this broker shows");
}

absl::Status LeavesInTurn::Take(const verifier::LeafEntry& entry) {
  if (entry.index == next_ && next_ < size_) {
    ++next_;
    return absl::OkStatus();
  }
  return absl::DataLossError("the broker gave leaf " + std::to_string(entry.index) +
                             (next_ < size_ ? " where leaf " + std::to_string(next_) +
                                                  " must follow"
                                            : " behind the last"));
}

absl::Status LeavesInTurn::Finish() const {
  if (next_ == size_) return absl::OkStatus();
  return absl::DataLossError("the broker ended after " + std::to_string(next_) + " of " +
                             std::to_string(size_) + " leaves; --resume goes on");
}

void ExportLog(const Invocation& invocation, const std::string& path, bool resume) {
  const v1::GetCheckpointResponse newest = AskCheckpoint(invocation);
  // What is written is to be verified later, by witnesses, too: their lines go with it.
  bool cosigned = !newest.cosigned_note().empty();
  std::optional<PrivateFile> file;
  BegunExport begun;
  if (resume) {
    begun = ReadBegunExport(path);
    DemandSameKey(begun, newest.verifier_key());
    cosigned = begun.cosigned;
    file.emplace(PrivateFile::GoOn(path, kOut, begun.bytes));
  } else {
    const std::string& note = cosigned ? newest.cosigned_note() : newest.signed_note();
    begun.tree_size = TreeSizeOf(note);
    file.emplace(PrivateFile::Make(
        path, kOut, "--out is there already; --resume goes on with one that was broken off"));
    file->Add(verifier::HeadLine({note, newest.verifier_key()}));
  }
  LeavesInTurn leaves(begun.leaves, begun.tree_size);
  ReadLeaves(invocation, begun.leaves, begun.tree_size, [&](const verifier::LeafEntry& entry) {
    absl::Status status = leaves.Take(entry);
    if (status.ok()) file->Add(verifier::LeafLine(entry));
    return status;
  });
  if (const absl::Status all = leaves.Finish(); !all.ok()) {
    StopUnverified(std::string(all.message()));
  }
  file->Sync();
  SayExported(invocation, begun.tree_size, cosigned, newest);
}

}  // namespace tearline::cli
