#pragma once

#include <map>
#include <string>

namespace confman::testing {

// Texts that are no JSON we take: those behind the descriptions in the list of bad inputs, by the
// row's number. Rows that aren't here are about particular bodies of the API, or what one test
// alone asks.
inline const std::map<std::string, std::string>& bad_json() {
  static const std::map<std::string, std::string> texts{
      {"J001", ""},
      {"J002", "  "},
      {"J003", "\xef\xbb\xbf{}"},
      {"J005", "[\"\xff\xfe\"]"},
      {"J006", "[\"\xc0\xaf\"]"},
      {"J007", "[\"\xed\xa0\x80\"]"},
      {"J009", "[\"\\udc00\"]"},
      {"J011", "[\"\\x41\"]"},
      {"J013", "{\"a\\u0000b\":1}"},
      {"J015", "[\"a\nb\"]"},
      {"J017", "[\"abc"},
      {"J018", "{\"a\":"},
      {"J019", "{\"a\":1}x"},
      {"J021", "{\"a\":1,}"},
      {"J023", "[,1]"},
      {"J025", "{'a':1}"},
      {"J026", "{a:1}"},
      {"J028", "{\"a\":1 \"b\":2}"},
      {"J029", "{/*x*/\"a\":1}"},
      {"J032", "[Infinity]"},
      {"J033", "[-Infinity]"},
      {"J036", "[01]"},
      {"J037", "[1.]"},
      {"J038", "[.5]"},
      {"J039", "[1e]"},
      {"J040", "[1e1e1]"},
      {"J041", "[0x10]"},
      {"J042", "[1e400]"},
      {"J043", "[-1e400]"},
      {"J044", "[1e-400]"},
      {"J046", "[" + std::string(100'000, '1') + "]"},
      {"J049", "{\"a\":1,\"a\":2}"},
      {"J050", "{\"a\":1,\"\\u0061\":2}"},
      {"J051", std::string(65, '[') + std::string(65, ']')},
      {"J052", std::string(1'000'000, '[')},
      {"J059", "[True]"},
      {"J071", "{\"a\":1}\n{\"b\":2}"},
      {"J072", ")]}'\n{}"},
      {"J073", "a=1&b=2"},
  };
  return texts;
}

}  // namespace confman::testing
