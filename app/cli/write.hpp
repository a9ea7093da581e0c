#pragma once

#include <functional>
#include <string>

#include "app/cli/arguments.hpp"
#include "app/cli/client.hpp"
#include "app/cli/document.hpp"
#include "domain/json/writer.hpp"

// What the writes to the configuration have in common: set, delete, namespace create and delete.
namespace confman::cli {

// The member "labels", of every --label. Throws Failure(kUsage).
void append_labels(json::Writer& out, const Arguments& arguments);

// "updated /a/b version 2 revision 3:4", of what a write answers and what it was about.
std::string write_in_words(const Document& written, const std::string& name);

// Makes it under an idempotency key and the preconditions given, and prints what became of it.
int make_write(const Arguments& arguments, Call call,
               const std::function<std::string(const Document& written, const std::string& name)>&
                   in_words = write_in_words);

}  // namespace confman::cli
