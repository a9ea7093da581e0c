#pragma once

#include <string_view>

// Texts of the formats, by the RFC that each function names. All texts are UTF-8.
namespace confman::schema {

bool is_date(std::string_view text);  // RFC 3339, full-date
bool is_time(std::string_view text);  // full-time; second 60 only where UTC can have one
bool is_date_time(std::string_view text);
bool is_duration(std::string_view text);  // RFC 3339, appendix A

bool is_ipv4(std::string_view text);  // RFC 2673, section 3.2: four numbers without leading zeros
bool is_ipv6(std::string_view text);  // RFC 4291, section 2.2; no zone
bool is_hostname(std::string_view text);      // RFC 1123, section 2.1; labels with xn-- as below
bool is_idn_hostname(std::string_view text);  // RFC 5890 to 5893
bool is_email(std::string_view text);         // RFC 5321, section 4.1.2, Mailbox
bool is_idn_email(std::string_view text);     // RFC 6531

// RFC 3986, and 3987 where `international`. A reference may be relative.
bool is_uri(std::string_view text, bool international);
bool is_uri_reference(std::string_view text, bool international);
bool is_uri_template(std::string_view text);  // RFC 6570

bool is_uuid(std::string_view text);                   // RFC 4122
bool is_json_pointer(std::string_view text);           // RFC 6901
bool is_relative_json_pointer(std::string_view text);  // draft-bhutton-relative-json-pointer-00

}  // namespace confman::schema
