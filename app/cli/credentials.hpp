#pragma once

#include <string>

// The API key that requests go out with: of CONFMAN_API_KEY, else the one that `confman login` has
// kept, in confman/api-key below XDG_CONFIG_HOME or ~/.config, for its owner's eyes alone.
namespace confman::cli {

// Empty: there is none. Throws Failure(kUsage) where what there is can't be a key.
const std::string& api_key();

std::string api_key_file();
// Throws Failure(kIo).
void keep_api_key(const std::string& key);
// False: there was none.
bool forget_api_key();

// The first line of standard input; what is typed at a terminal isn't shown. Throws Failure(kUsage)
// where that can't be a key.
std::string read_api_key();

}  // namespace confman::cli
