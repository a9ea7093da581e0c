#include "app/cli/secret_commands.hpp"

#include <optional>
#include <string>

#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"

// secret rewrap
namespace confman::cli {

int run_secret_rewrap(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  Client client = client_of(arguments);
  const Call call{.method = "POST",
                  .target = "/api/v1/admin/secrets/rewrap",
                  .headers = {{"Content-Type", "application/json"}},
                  .body = "{}",
                  .told_by = "confman status"};
  std::optional<std::string> before;
  for (;;) {
    const Answer answer = client.call(call);
    const std::string remaining = document_of(answer).get("remaining");
    if (remaining == "0") {
      output == Output::Json ? print_json(answer.body)
                             : print_line("all data keys are wrapped by the active master key");
      return kOk;
    }
    // Others may be wrapped meanwhile; what nobody could unwrap stays.
    if (remaining == before) {
      throw Failure(kData, remaining +
                               " data keys are wrapped by master keys that the server hasn't got: "
                               "status names them. Everything else is done.");
    }
    before = remaining;
  }
}

}  // namespace confman::cli
