#pragma once

#include <map>
#include <string>

// The rows of bad-inputs.jsonl whose surface is HTTP, by id.
namespace confman::http::test {

struct BadRequest {
  std::string bytes;
  bool then_shut = false;  // the client ends its sending side
};

// Rows that the parser or the server decides: what to send.
const std::map<std::string, BadRequest>& bad_requests();
// Rows that have a test of their own in this suite: where.
const std::map<std::string, std::string>& rows_tested_elsewhere();
// Rows that are decided above this adapter or below it: why not here.
const std::map<std::string, std::string>& rows_not_decided_here();

}  // namespace confman::http::test
