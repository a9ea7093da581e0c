#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include "domain/command/fault.hpp"
#include "domain/model/labels.hpp"
#include "domain/model/precondition.hpp"

// The checks that commands are put together from: names and limits of what they have in common.
namespace confman::domain {

using Checked = std::expected<void, CommandFault>;

Checked fault(CommandFaultKind kind);
Checked check_that(bool good, CommandFaultKind otherwise);

// One line of UTF-8 text that people typed.
bool is_line(std::string_view text, std::size_t max_size);
// Printable ASCII without blanks.
bool is_token(std::string_view text, std::size_t max_size);

Checked check_path_field(std::string_view path);
Checked check_key_field(std::string_view key);
Checked check_labels(const Labels& labels);
// May hold line breaks and tabs.
Checked check_description(std::string_view text);
Checked check_precondition(const Precondition& precondition);

}  // namespace confman::domain
