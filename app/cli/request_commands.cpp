#include "app/cli/request_commands.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/http/request_parser.hpp"
#include "app/cli/confirmation.hpp"
#include "app/cli/draft_commands.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/request_view.hpp"
#include "app/cli/value_diff.hpp"
#include "app/cli/value_source.hpp"
#include "app/cli/write.hpp"
#include "domain/json/writer.hpp"

// request list, show, diff, create, edit, and the steps
namespace confman::cli {
namespace {

// What a server takes.
constexpr std::size_t kMaxContentBytes = http::RequestLimits{}.body_bytes;

Answer ask(const Arguments& arguments, const std::string& behind) {
  const std::string& id = arguments.operands[0];
  Query query(request_target(id, behind));
  query.add_flag(arguments, "--consistency", "consistency");
  Client client = client_of(arguments);
  return client.call({.target = query.target(), .subject = request_name(id)});
}

Call of_content(std::string method, std::string target, std::string subject, std::string body) {
  return {.method = std::move(method),
          .target = std::move(target),
          .headers = {{"Content-Type", "application/json"}},
          .body = std::move(body),
          .subject = std::move(subject)};
}

// With a text, if there is any.
Call of_step(const Arguments& arguments, const std::string& step, const std::string& text) {
  const std::string& id = arguments.operands[0];
  Call call{.method = "POST", .target = request_target(id, step), .subject = request_name(id)};
  call.headers.emplace_back("Content-Type", "application/json");
  json::Writer out(call.body);
  out.begin_object();
  if (!text.empty()) out.member("text", text);
  out.end_object();
  return call;
}

int take(const Arguments& arguments, Call call) {
  return make_write(arguments, std::move(call), request_in_words);
}

std::string text_flag(const Arguments& arguments) {
  return arguments.value("--text").value_or("");
}

// The version that was shown is the one that is agreed to, or published.
void name_version(const Arguments& arguments, Call& call, const std::string& shown) {
  if (arguments.has("--if-version")) return;
  call.headers.emplace_back("If-Match", "\"" + shown + "\"");
}

}  // namespace

int run_request_list(const Arguments& arguments) {
  Query query("/api/v1/requests");
  query.add_flag(arguments, "--state", "state").add_flag(arguments, "--author", "author");
  query.add_flag(arguments, "--namespace", "namespace").add_flag(arguments, "--inbox", "inbox");
  if (arguments.has("--all")) query.add("open", "false");
  const auto row_of = [](const Document& item) -> Row {
    return {item.get("id"),        item.get("state"),
            item.get("version"),   for_terminal(item.get("author/id")),
            item.get("changes"),   item.get("approvals"),
            item.get("updatedAt"), for_terminal(item.get("title"))};
  };
  return print_listing(arguments, {.target = query.target(),
                                   .subject = "the requests",
                                   .head = {"ID", "STATE", "VERSION", "AUTHOR", "CHANGES",
                                            "APPROVALS", "UPDATED", "TITLE"},
                                   .row_of = row_of});
}

int run_request_show(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const Answer answer = ask(arguments, "");
  if (output == Output::Json) {
    print_json(answer.body);
  } else {
    print_request(value_of(answer));
  }
  return kOk;
}

int run_request_diff(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const Answer answer = ask(arguments, "diff");
  if (output == Output::Json) {
    print_json(answer.body);
  } else {
    print_request_diff(value_of(answer));
  }
  return kOk;
}

int run_request_create(const Arguments& arguments) {
  return take(arguments, of_content("POST", "/api/v1/requests", "the request",
                                    read_document(arguments.operands[0], kMaxContentBytes)));
}

int run_request_edit(const Arguments& arguments) {
  const std::string& id = arguments.operands[0];
  return take(arguments, of_content("PUT", request_target(id), request_name(id),
                                    read_document(arguments.operands[1], kMaxContentBytes)));
}

int run_request_submit(const Arguments& arguments) {
  return take(arguments, of_step(arguments, "submit", text_flag(arguments)));
}

// Nobody agrees to what they haven't been shown.
int run_request_approve(const Arguments& arguments) {
  const bool asks = asks_first(arguments, "approve shows what is to be agreed to");
  Call call = of_step(arguments, "approve", text_flag(arguments));
  const json::Value diff = value_of(ask(arguments, "diff"));
  if (output_of(arguments, {Output::Human, Output::Json}) == Output::Human) {
    print_request_diff(diff);
    flush_output();
  }
  if (asks && !says_yes("Approve version " + for_terminal(member(diff, "version")) + " of " +
                        call.subject + "?")) {
    return kData;
  }
  name_version(arguments, call, member(diff, "version"));
  return take(arguments, std::move(call));
}

int run_request_reject(const Arguments& arguments) {
  return take(arguments, of_step(arguments, "reject", arguments.operands[1]));
}

int run_request_withdraw(const Arguments& arguments) {
  return take(arguments, of_step(arguments, "withdraw", text_flag(arguments)));
}

int run_request_comment(const Arguments& arguments) {
  return take(arguments, of_step(arguments, "comment", arguments.operands[1]));
}

int run_request_rebase(const Arguments& arguments) {
  return take(arguments, of_step(arguments, "rebase", text_flag(arguments)));
}

int run_request_publish(const Arguments& arguments) {
  const auto emergency = arguments.value("--emergency");
  if (emergency && arguments.has("--text")) {
    throw Failure(kUsage, "--emergency has the text: leave out --text.");
  }
  Call call = emergency ? of_step(arguments, "emergency-publish", *emergency)
                        : of_step(arguments, "publish", text_flag(arguments));
  if (!arguments.has("--if-version")) {
    name_version(arguments, call, document_of(ask(arguments, "")).get("version"));
  }
  return take(arguments, std::move(call));
}

int run_request_review(const Arguments& arguments) {
  return take(arguments, of_step(arguments, "review", text_flag(arguments)));
}

}  // namespace confman::cli
