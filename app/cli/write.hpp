#pragma once

#include "app/cli/arguments.hpp"
#include "app/cli/client.hpp"
#include "domain/json/writer.hpp"

// What the writes to the configuration have in common: set, delete, namespace create and delete.
namespace confman::cli {

// The member "labels", of every --label. Throws Failure(kUsage).
void append_labels(json::Writer& out, const Arguments& arguments);

// Makes it under an idempotency key and the preconditions given, and prints what became of it.
int make_write(const Arguments& arguments, Call call);

}  // namespace confman::cli
