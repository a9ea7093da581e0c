#pragma once

#include <map>
#include <string>
#include <string_view>

namespace confman::cli {

// The scalars of a JSON document that the client shows, by path: "items/0/actor/id". Read as a
// stream: values of any size pass by without a tree. What lies deeper, or isn't JSON, is left out.
class Document {
 public:
  explicit Document(const std::string& json);

  std::string get(std::string_view path) const;  // empty: there is none
  std::size_t items() const;                     // how many "items" there are

 private:
  std::map<std::string, std::string, std::less<>> scalars_;
};

}  // namespace confman::cli
