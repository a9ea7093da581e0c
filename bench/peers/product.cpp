#include "bench/peers/product.hpp"

#include <cstdlib>
#include <unistd.h>

#include "bench/peers/confman_product.hpp"
#include "bench/peers/etcd_product.hpp"

namespace confman::bench {
namespace {

bool installed(const std::string& program) {
  if (program.contains('/')) {
    return ::access(program.c_str(), X_OK) == 0;
  }
  const char* path = std::getenv("PATH");
  std::string_view left = path == nullptr ? "" : path;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find(':'), left.size());
    const std::filesystem::path folder(left.substr(0, end));
    if (::access((folder / program).c_str(), X_OK) == 0) {
      return true;
    }
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return false;
}

}  // namespace

std::expected<std::unique_ptr<Product>, std::string> find_product(const std::string& name) {
  std::unique_ptr<Product> product;
  if (name == "confman") {
    product = std::make_unique<ConfmanProduct>();
  } else if (name == "etcd") {
    product = std::make_unique<EtcdProduct>();
  } else {
    return std::unexpected("\"" + name + "\" is neither confman nor etcd");
  }
  if (!installed(product->program())) {
    return std::unexpected(name + " is left out: there is no " + product->program());
  }
  return product;
}

}  // namespace confman::bench
