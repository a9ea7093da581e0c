#include "app/cli/write.hpp"

#include <map>
#include <utility>

#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"

namespace confman::cli {
namespace {

void add_precondition(const Arguments& arguments, Call& call) {
  const auto version = arguments.number("--if-version");
  if (version && arguments.has("--create-only")) {
    throw Failure(kUsage, "give either --if-version or --create-only.");
  }
  if (version) call.headers.emplace_back("If-Match", "\"" + std::to_string(*version) + "\"");
  if (arguments.has("--create-only")) call.headers.emplace_back("If-None-Match", "*");
}

std::pair<std::string, std::string> split_label(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals == 0) {
    throw Failure(kUsage, "--label takes NAME=VALUE, not \"" + text + "\".");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

std::string write_in_words(const Document& written, const std::string& name) {
  const std::string_view done = written.is_true("deleted")   ? "deleted "
                                : written.is_true("created") ? "created "
                                                             : "updated ";
  const std::string version = written.get("version");
  return std::string(done) + name + (version.empty() ? "" : " version " + version) + " revision " +
         written.get("revision");
}

void append_labels(json::Writer& out, const Arguments& arguments) {
  std::map<std::string, std::string> labels;
  for (const std::string& label : arguments.values("--label")) {
    auto [name, value] = split_label(label);
    if (!labels.emplace(name, std::move(value)).second) {
      throw Failure(kUsage, "the label \"" + name + "\" is given twice.");
    }
  }
  out.key("labels").begin_object();
  for (const auto& [name, value] : labels) out.member(name, value);
  out.end_object();
}

int make_write(
    const Arguments& arguments, Call call,
    const std::function<std::string(const Document& written, const std::string& name)>& in_words) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  add_precondition(arguments, call);
  call.own_key = !arguments.has("--idempotency-key");
  call.idempotency_key = arguments.value("--idempotency-key").value_or(new_idempotency_key());
  const std::string name = for_terminal(call.subject);
  call.subject = name;
  Client client = client_of(arguments);
  const Answer answer = client.call(call);
  const auto document = Document::parse(answer.body);
  if (!document || document->get("revision").empty()) {
    Failure failure(kTemporary, name + ": " + for_terminal(answer.node) +
                                    " sent an answer that can't be read. Whether the change was "
                                    "made isn't known. To find out, or to make it, run the same "
                                    "command with\n  --idempotency-key " +
                                    call.idempotency_key);
    failure.outcome_unknown = true;
    failure.idempotency_key = call.idempotency_key;
    throw failure;
  }
  try {
    if (output == Output::Json) {
      print_json(answer.body);
    } else {
      print_line(in_words(*document, name));
    }
    flush_output();
  } catch (const Failure& failure) {
    throw Failure(failure.status, name + ": the change was made (revision " +
                                      document->get("revision") +
                                      "), but standard output takes nothing. " + failure.what());
  }
  return kOk;
}

}  // namespace confman::cli
