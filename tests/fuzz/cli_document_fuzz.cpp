#include <cstddef>
#include <cstdint>
#include <string>

#include "app/cli/document.hpp"
#include "domain/base/assert.hpp"

// What a server answers is read to the end or refused. What is handed over whole is JSON again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using confman::cli::Document;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const bool is_json = confman::cli::check_document(text).has_value();
  const auto document = Document::parse(text);
  CONFMAN_ASSERT(is_json || !document, "A text that isn't JSON became a document.");
  if (document && document->has("value")) {
    CONFMAN_ASSERT(confman::cli::check_document(document->json("value")).has_value(),
                   "A value that was taken whole isn't JSON.");
  }
  std::size_t items = 0;
  const auto page = confman::cli::read_page(text, [&](const Document&) { ++items; });
  CONFMAN_ASSERT(is_json || (!page && items == 0), "A text that isn't JSON became a page.");
  CONFMAN_ASSERT(!page || page->items == items, "A page counts other items than it hands over.");
  return 0;
}
