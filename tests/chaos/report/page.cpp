#include <string>

#include "tests/chaos/report/picture.hpp"
#include "tests/chaos/report/report.hpp"

namespace confman::chaos {
namespace {

constexpr const char* kHead =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<title>Confman: chaos</title>\n<style>\n"
    "body{font:14px/1.45 system-ui,sans-serif;margin:24px;color:#202124}\n"
    "h1{font-size:20px;margin:0 0 4px}\n"
    ".picture{overflow-x:auto;border:1px solid #dadce0;border-radius:6px;padding:6px;margin:14px "
    "0}\n"
    ".key span{display:inline-block;margin-right:16px}\n"
    ".key i{display:inline-block;width:12px;height:12px;margin-right:5px;vertical-align:-1px}\n"
    ".wrong{color:#d93025}\n"
    "pre{background:#f6f7f8;padding:12px;border-radius:6px;overflow-x:auto}\n"
    "</style></head><body>\n";

constexpr const char* kKey =
    "<p class=\"key\"><span><i style=\"background:#2f6db5\"></i>writes acknowledged</span>"
    "<span><i style=\"background:#a9c6e8\"></i>reads answered</span>"
    "<span><i style=\"background:#d93025\"></i>not done or unknown; no writes</span>"
    "<span><i style=\"background:#3d7a57\"></i>leads (its term)</span>"
    "<span><i style=\"background:#5f6368\"></i>down</span>"
    "<span><i style=\"background:#f2c14e\"></i>paused</span>"
    "<span>a circle: ended by itself, with that status</span></p>\n";

}  // namespace

std::string page_of(const Outcome& outcome) {
  std::string page = kHead;
  const auto& violations = outcome.timeline.violations;
  page += violations.empty() ? "<h1>Nothing wrong was found</h1>\n"
                             : "<h1 class=\"wrong\">Violations</h1>\n";
  page += "<p><code>" + escaped(outcome.again) + "</code></p>\n";
  for (const ViolationMark& mark : violations) {
    page += "<p class=\"wrong\"><b>" + escaped(mark.violation.property) + "</b> " +
            escaped(mark.violation.sentence) + "</p>\n";
  }
  page += "<div class=\"picture\">\n" + picture_of(outcome) + "</div>\n";
  page += kKey;
  page += "<pre>" + escaped(summary_of(outcome)) + "</pre>\n</body></html>\n";
  return page;
}

}  // namespace confman::chaos
