#include "domain/state/key.hpp"

namespace confman::domain::keys {

Bytes end_of_prefix(ByteView prefix) {
  Bytes end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace confman::domain::keys
