#pragma once

#include <expected>
#include <string>

#include "sim/hunt/ledger.hpp"
#include "sim/run/recording.hpp"

namespace confman::sim {

// The folder of a hunt: hunt.json and one recording for each distinct failure.
class Corpus {
 public:
  // Makes the folder, and reads the ledger if there is one. The error is a sentence.
  static std::expected<Corpus, std::string> open(const std::string& folder);

  Ledger ledger;

  // Never leaves half a ledger behind. The error is a sentence.
  std::expected<void, std::string> save() const;
  // Writes a recording under a name made of its failure and seed, and returns the name.
  std::expected<std::string, std::string> file(const Recording& recording) const;

 private:
  explicit Corpus(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
};

}  // namespace confman::sim
