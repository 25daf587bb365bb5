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
  const auto none = [](const verifier::LeafEntry&) { return absl::OkStatus(); };
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
  begun.bytes = static_cast<std::uintmax_t>(file.tellg());
  verifier::LeafEntry entry;
  std::string line;
  while (TakeLine(file, line) && verifier::ReadLeafLine(line, entry) &&
         entry.index == begun.leaves) {
    begun.bytes += line.size() + 1;
    ++begun.leaves;
  }
  if (begun.leaves >= begun.tree_size) {
    StopUsage("the file is finished; there is nothing to go on with");
  }
  return begun;
}

void ExportLog(const Invocation& invocation, const std::string& path, bool resume) {
  const v1::GetCheckpointResponse newest = AskCheckpoint(invocation);
  // What is written is to be verified later, by witnesses, too: their lines go with it.
  bool cosigned = !newest.cosigned_note().empty();
  std::optional<PrivateFile> file;
  BegunExport begun;
  if (resume) {
    begun = ReadBegunExport(path);
    cosigned = begun.cosigned;
    file.emplace(PrivateFile::GoOn(path, kOut, begun.bytes));
  } else {
    const std::string& note = cosigned ? newest.cosigned_note() : newest.signed_note();
    begun.tree_size = TreeSizeOf(note);
    file.emplace(PrivateFile::Make(
        path, kOut, "--out is there already; --resume goes on with one that was broken off"));
    file->Add(verifier::HeadLine({note, newest.verifier_key()}));
  }
  ReadLeaves(invocation, begun.leaves, begun.tree_size,
             [&file](const verifier::LeafEntry& entry) {
               file->Add(verifier::LeafLine(entry));
               return absl::OkStatus();
             });
  SayExported(invocation, begun.tree_size, cosigned, newest);
}

}  // namespace tearline::cli
