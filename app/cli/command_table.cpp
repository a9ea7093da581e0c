#include <algorithm>
#include <array>

#include "app/cli/access_commands.hpp"
#include "app/cli/arguments.hpp"
#include "app/cli/audit_commands.hpp"
#include "app/cli/draft_commands.hpp"
#include "app/cli/entry_commands.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/keep_commands.hpp"
#include "app/cli/member_commands.hpp"
#include "app/cli/namespace_commands.hpp"
#include "app/cli/past_commands.hpp"
#include "app/cli/policy_commands.hpp"
#include "app/cli/request_commands.hpp"
#include "app/cli/restore_commands.hpp"
#include "app/cli/schema_commands.hpp"
#include "app/cli/secret_commands.hpp"
#include "app/cli/status_command.hpp"
#include "app/cli/watch_commands.hpp"
#include "domain/limits.hpp"

// Every command and every flag, and the help that follows from them.
namespace confman::cli {
namespace {

constexpr auto kFlags = std::to_array<Flag>({
    {"--action", "ACTION", "only these changes: config.updated, namespace.created, …"},
    {"--actor", "ID", "only changes by this one"},
    {"--age", "DURATION", "versions stay that were live within it: 30m, 12h, 90d"},
    {"--all", "", "those that are done, too; of retention: all versions stay"},
    {"--allow-withheld", "",
     "events that the exporter may not read are no fault; up to the last nothing is proven"},
    {"--approvals", "N", "so many people have to agree (default 0)"},
    {"--approver-group", "GROUP", "group:NAME: a member of it has to be among them", true},
    {"--approver-may-publish", "BOOL", "whether who approved may publish: true (default) or false"},
    {"--at", "MOMENT", "as of a revision, TERM:INDEX, or a time, 2026-01-15T10:30:00Z"},
    {"--author", "PRINCIPAL", "only requests by user:NAME or service:NAME"},
    {"--bytes", "N", "keys, values, descriptions and labels together at most"},
    {"--consistency", "MODE", "linearizable (default) or stale"},
    {"--count", "N", "stop after N changes"},
    {"--create-only", "", "fail if it is there already"},
    {.name = "--description", .value = "TEXT", .help = "what it is for", .may_be_empty = true},
    {"--days", "N", "the key is valid for so many days (default: until it is revoked)"},
    {"--dry-run", "", "only tell what live values would newly violate it"},
    {"--emergency", "TEXT", "without the approvals, in a freeze too, and why"},
    {"--emergency-by", "PRINCIPAL", "who may publish in an emergency", true},
    {"--encrypted", "", "the value is a secret: it lies encrypted, and few may read it"},
    {"--entries", "N", "live entries at most"},
    {"--force", "",
     "take a schema that nobody can have meant, such as one that rejects everything"},
    {"--freeze", "FROM/TO", "nothing is published between these times", true},
    {"--from", "WHAT", "compare from there: a version, a revision, a time"},
    {"--head", "CHAIN", "an event must have this chain value, which the cluster told"},
    {"--help", "", "this help"},
    {"--idempotency-key", "KEY", "send the write under this key, to try one again safely"},
    {"--if-version", "N", "fail unless this is the current version"},
    {"--inbox", "WHICH", "all; mine: you had a hand in it; waiting: it waits for you"},
    {"--inherit", "BOOL",
     "whether roles assigned above hold here: true or false (default: as it is)"},
    {"--json", "", "JSON documents, one to a line, errors too (--output json)"},
    {"--key", "KEY", "only this key of the namespace itself"},
    {"--label", "NAME=VALUE",
     "a label, as often as there are; when listing NAME or NAME=VALUE to filter by", true},
    {"--lifetime", "DURATION", "of a request from its submission: 90m, 12h, 30d (default)"},
    {"--limit", "N", "at most so many (default: all)"},
    {"--namespace", "PATH",
     "the namespace, when only the key is given; of requests: those in it or below"},
    {"--note-secret-reads", "BOOL",
     "whether each reading of a secret is an event: true or false (default)"},
    {"--output", "FORM", "table (default), json; for get also yaml and raw; -o for short"},
    {.name = "--owner",
     .value = "TEXT",
     .help = "who is responsible; of keys only those of this one",
     .may_be_empty = true},
    {"--permission", "NAME", "read, publish, …: whether that is allowed, and why"},
    {"--plain", "", "the value is no secret, or none any more"},
    {"--prefix", "TEXT", "only keys that start so"},
    {"--principal", "NAME", "user:NAME, service:NAME or group:NAME (default: who asks)"},
    {"--publish-on-approval", "BOOL",
     "whether the last approval publishes: true or false (default)"},
    {"--recursive", "", "child namespaces too"},
    {"--rollback", "HOW", "instant (default), or approval: as any other change"},
    {"--scope", "SCOPE", "NAMESPACE=PERMISSION,…: all that the key is for; as often as there are",
     true},
    {"--server", "URL", "http://HOST:PORT, several with commas; else CONFMAN_SERVER", true},
    {"--since", "REVISION", "from behind this revision on, TERM:INDEX"},
    {"--state", "STATE", "only requests in this state: draft, pending_review, approved, …"},
    {"--text", "TEXT", "what there is to say"},
    {"--timeout", "DURATION", "for each request, failing over included (default 10s)"},
    {"--title", "TEXT", "what the request is for"},
    {"--to", "WHAT",
     "compare to there: a version, a revision, a time (default: what is newest); or go back to "
     "there"},
    {"--type", "TYPE", "json (default), yaml, text, binary"},
    {"--version", "N", "that version instead of the current one"},
    {"--versions", "N", "so many of the newest versions of an entry stay"},
    {"--whole", "", "the files are the keys of one namespace, which the schema describes"},
    {"--yes", "", "don't ask"},
});

constexpr std::array<std::string_view, 5> kCommonFlags{"--server", "--timeout", "--output",
                                                       "--json", "--help"};

constexpr auto kExitStatuses = std::to_array<ExitStatus>({
    {kOk, "done; of status: the cluster is healthy"},
    {kDegraded, "of status: the cluster takes writes, but something is wrong"},
    {kNoLeader, "of status: there is no leader, so no writes"},
    {kUsage, "the command line isn't one"},
    {kData, "refused: a bad value, a failed precondition; an audit trail that is broken"},
    {kNoInput, "not found: the entry, the namespace, the member, the file"},
    {kUnavailable, "no server answered, or none could serve; nothing was done"},
    {kInternal, "a fault of the server or of this program"},
    {kIo, "input or output failed"},
    {kTemporary, "timed out; of a write whether it was made isn't known"},
    {kProtocol, "an answer can't be read"},
    {kNoPermission, "not allowed"},
    {kInterrupted, "interrupted"},
});

using Names = std::string_view;
constexpr std::array<Names, 4> kGet{"--version", "--at", "--consistency", "--namespace"};
constexpr std::array<Names, 9> kSet{"--type",  "--if-version",      "--create-only",
                                    "--label", "--description",     "--encrypted",
                                    "--plain", "--idempotency-key", "--namespace"};
constexpr std::array<Names, 3> kDelete{"--if-version", "--idempotency-key", "--namespace"};
constexpr std::array<Names, 6> kList{"--recursive", "--prefix", "--label",
                                     "--at",        "--limit",  "--consistency"};
constexpr std::array<Names, 3> kHistory{"--limit", "--consistency", "--namespace"};
constexpr std::array<Names, 8> kRollback{"--version",         "--at",       "--to",
                                         "--prefix",          "--yes",      "--if-version",
                                         "--idempotency-key", "--namespace"};
constexpr std::array<Names, 5> kSetQuota{"--entries", "--bytes", "--create-only", "--if-version",
                                         "--idempotency-key"};
constexpr std::array<Names, 6> kSetRetention{"--versions",    "--age",        "--all",
                                             "--create-only", "--if-version", "--idempotency-key"};
constexpr std::array<Names, 4> kDestroy{"--version", "--text", "--idempotency-key", "--namespace"};
constexpr std::array<Names, 2> kCreatePoint{"--text", "--idempotency-key"};
constexpr std::array<Names, 1> kAskFirst{"--yes"};
constexpr std::array<Names, 6> kDiff{"--from",  "--to",          "--recursive",
                                     "--limit", "--consistency", "--namespace"};
constexpr std::array<Names, 4> kResolve{"--prefix", "--limit", "--consistency", "--namespace"};
constexpr std::array<Names, 4> kWatch{"--key", "--since", "--count", "--consistency"};
constexpr std::array<Names, 4> kAudit{"--actor", "--action", "--limit", "--consistency"};
constexpr std::array<Names, 1> kExport{"--since"};
constexpr std::array<Names, 2> kVerify{"--head", "--allow-withheld"};
constexpr std::array<Names, 7> kCreate{"--description",    "--owner",       "--label",
                                       "--inherit",        "--create-only", "--if-version",
                                       "--idempotency-key"};
constexpr std::array<Names, 3> kCreateKey{"--description", "--scope", "--days"};
constexpr std::array<Names, 3> kListKeys{"--owner", "--limit", "--consistency"};
constexpr std::array<Names, 1> kWriteOnce{"--idempotency-key"};
constexpr std::array<Names, 4> kSetRole{"--description", "--create-only", "--if-version",
                                        "--idempotency-key"};
constexpr std::array<Names, 3> kGrant{"--create-only", "--if-version", "--idempotency-key"};
constexpr std::array<Names, 2> kPages{"--limit", "--consistency"};
constexpr std::array<Names, 2> kCheck{"--principal", "--permission"};
constexpr std::array<Names, 4> kPutSchema{"--force", "--create-only", "--if-version",
                                          "--idempotency-key"};
constexpr std::array<Names, 2> kShowSchema{"--version", "--consistency"};
constexpr std::array<Names, 4> kBind{"--dry-run", "--create-only", "--if-version",
                                     "--idempotency-key"};
constexpr std::array<Names, 3> kCheckSchema{"--whole", "--force", "--type"};
constexpr std::array<Names, 1> kDescribe{"--consistency"};
constexpr std::array<Names, 2> kDeleteNamespace{"--if-version", "--idempotency-key"};
constexpr std::array<Names, 3> kListNamespaces{"--recursive", "--limit", "--consistency"};

constexpr std::array<Names, 1> kShow{"--consistency"};
constexpr std::array<Names, 12> kSetPolicy{
    "--approvals",         "--approver-group", "--approver-may-publish", "--publish-on-approval",
    "--rollback",          "--lifetime",       "--emergency-by",         "--freeze",
    "--note-secret-reads", "--create-only",    "--if-version",           "--idempotency-key"};
constexpr std::array<Names, 10> kDraftPut{
    "--title",       "--type",      "--if-version", "--create-only", "--label",
    "--description", "--encrypted", "--plain",      "--namespace",   "--idempotency-key"};
constexpr std::array<Names, 4> kDraftDelete{"--title", "--if-version", "--namespace",
                                            "--idempotency-key"};
constexpr std::array<Names, 7> kListRequests{"--state", "--author", "--namespace",  "--inbox",
                                             "--all",   "--limit",  "--consistency"};
constexpr std::array<Names, 3> kStep{"--text", "--if-version", "--idempotency-key"};
constexpr std::array<Names, 4> kApprove{"--yes", "--text", "--if-version", "--idempotency-key"};
constexpr std::array<Names, 4> kPublish{"--text", "--emergency", "--if-version",
                                        "--idempotency-key"};

constexpr std::string_view kSetPolicyDetails =
    "What isn't given is as without a policy. It holds in the namespace and below:\n"
    "\n"
    "  confman policy set /payments --approvals 1\n"
    "  confman policy set /payments --approvals 2 --approver-group group:risk \\\n"
    "    --freeze 2026-12-24T00:00:00Z/2027-01-02T00:00:00Z --emergency-by group:oncall\n";
constexpr std::string_view kDraftDetails =
    "A request of this one change, which says who has to agree and what it starts from: what is "
    "live,\n"
    "or the version of --if-version. confman request submit sends it to review.\n";
constexpr std::string_view kCreateRequestDetails =
    "CONTENT is @FILE, or - for standard input, with what the API takes (docs/api.md):\n"
    "\n"
    "  {\"title\": \"More\", \"submit\": true, \"changes\": [\n"
    "    {\"action\": \"put\", \"namespace\": \"/pay\", \"key\": \"limit\", \"value\": 600}]}\n";
constexpr std::string_view kApproveDetails =
    "Shows what each change does, asks, and agrees to exactly that version. Without a terminal it "
    "takes\n"
    "--yes; who says no gets 65, and nothing is done.\n";
constexpr std::string_view kPublishDetails =
    "All changes of the request at once, or none. With --emergency without the approvals and in a\n"
    "freeze, by whom the policies name; somebody who had no hand in it then reviews it.\n";

constexpr std::string_view kSetDetails =
    "VALUE is the value itself, @FILE for what is in a file, or - for standard input. A file's "
    "type\n"
    "goes by its ending (.json, .yaml, .yml, .txt) unless --type says it.\n"
    "\n"
    "  confman set /payments/stripe/rate-limit 500\n"
    "  confman set /payments/stripe/motd --type text 'Hello there'\n"
    "  confman set /payments/stripe/routes @routes.yaml --label team=payments\n"
    "  confman set /payments/stripe/rate-limit 600 --if-version 3\n"
    "\n"
    "Each write goes out under an idempotency key, so that trying again after a lost answer makes\n"
    "it at most once. When even that doesn't tell what became of it, the exit status is 75 and "
    "the\n"
    "message says how to go on.\n";
constexpr std::string_view kWatchDetails =
    "Prints each change as it is committed and goes on over restarts and lost connections, "
    "without\n"
    "a gap and without repeating any, until interrupted (or --count). A server that knows no "
    "leader\n"
    "is left for the next one; --consistency stale stays with it.\n";
constexpr std::string_view kGetDetails =
    "Prints the value and a line break, of a binary value the bytes alone; with --output raw "
    "always\n"
    "the bytes alone. --output json and yaml give the whole document: version, labels, author, "
    "times.\n";

constexpr std::string_view kRollbackDetails =
    "Publishes what the entry had in that version, or at that moment, as a new version: value, "
    "type,\n"
    "labels and description. It never undoes an operation, and never deletes.\n"
    "Of a namespace, with a slash at its end, all entries become what they were, as one change: "
    "shows\n"
    "which, and asks. Those of namespaces below it stay.\n"
    "\n"
    "  confman rollback /payments/stripe/ --to 2026-01-15T10:30:00Z\n"
    "  confman rollback /payments/stripe/rate-limit --version 3\n"
    "  confman rollback /payments/stripe/rate-limit --at 2026-01-15T10:30:00Z --if-version 7\n";
constexpr std::string_view kDiffDetails =
    "Of an entry, PATH: without flags the newest version and the one before. Of a namespace, with "
    "a\n"
    "slash at its end: which keys were added, removed and changed since --from.\n"
    "\n"
    "  confman diff /payments/stripe/rate-limit --from 3\n"
    "  confman diff /payments/stripe/ --from 2026-01-15T10:30:00Z --recursive\n";
constexpr std::string_view kResolveDetails =
    "An entry, PATH, or with a slash at its end all that a namespace has, with what it inherits "
    "from\n"
    "those above it: the nearest one that has a key gives it.\n";

constexpr std::string_view kSetQuotaDetails =
    "Of what is live in the namespace and all below it together. Set below what is used it takes "
    "nothing\n"
    "away: nothing more is taken. Who manages namespaces above may set it.\n"
    "\n"
    "  confman quota set /payments --entries 1000 --bytes 10000000\n";
constexpr std::string_view kSetRetentionDetails =
    "A version stays if it is one of the newest so many, or was live within the age; and while it "
    "is\n"
    "live, or a restore point or an open request needs it. It holds in the namespace and below.\n"
    "\n"
    "  confman retention set / --versions 100 --age 365d\n";
constexpr std::string_view kDestroyDetails =
    "Takes the value, the labels and the description of that version out of the state, for good; "
    "its\n"
    "digest and who did it stay in the history. Not of what is live. The log keeps it until it is\n"
    "compacted, and backups as long as you do.\n"
    "\n"
    "  confman destroy /payments/motd --version 3 --text 'Holds a name'\n";
constexpr std::string_view kRestorePointRollbackDetails =
    "Brings each namespace back whose entries aren't what they were, one after the other, each as "
    "one\n"
    "change; those that were deleted are created again, without what else they had. Shows what it "
    "does,\n"
    "and asks. Interrupted, or refused halfway, it is run again: it goes on.\n";

constexpr std::size_t kMaxTrailFiles = 200;
constexpr std::string_view kExportDetails =
    "An event a line, as JSON, oldest first: of all namespaces, without the values, with all that "
    "the\n"
    "chain value of an event is taken over. A file that has events already is gone on with behind "
    "the\n"
    "last one, so that it can be run every night; without FILE, or with -, it goes to standard "
    "output.\n"
    "--since begins behind a revision. Events that who asks may not read stand there with their "
    "place\n"
    "and their chain value alone.\n"
    "\n"
    "  confman audit export trail.jsonl\n";
constexpr std::string_view kVerifyDetails =
    "Reads the files one behind the other and tells the first event that is missing, was changed, "
    "is\n"
    "there twice or out of order (exit status 65). What can't be known from the files alone it "
    "says "
    "too:\n"
    "what was before an export that begins later, and whether the end is missing, or everything "
    "was\n"
    "rewritten. Against that hold a chain value that the cluster told before the export was made:\n"
    "\n"
    "  head=$(curl -s localhost:8101/api/v1/audit/head | jq -r .chain)\n"
    "  confman audit export trail.jsonl\n"
    "  confman audit verify trail.jsonl --head \"$head\"\n";

constexpr std::string_view kStatusDetails =
    "Asks every server given and every member that they name. The first line is the verdict:\n"
    "\n"
    "  healthy: 3 of 3 voters, leader node1                                exit status 0\n"
    "  degraded: 2 of 3 voters, leader node1; node3 unreachable (…)        1\n"
    "  no leader: node2 and node3 unreachable, 2 of 3 voters are needed    2\n"
    "\n"
    "With --json it is verdict, summary, voters, votersUp, votersNeeded, problems, notes and "
    "nodes,\n"
    "before the members of the first node's own document.\n";

constexpr std::string_view kLoginDetails =
    "Reads an API key from standard input, asks a server whether it is valid, and keeps it for "
    "the\n"
    "commands to come in a file that is its owner's alone. CONFMAN_API_KEY comes before that "
    "file.\n";
constexpr std::string_view kCreateKeyDetails =
    "OWNER is user:NAME or service:NAME. The key goes to standard output, and is shown this once:\n"
    "\n"
    "  confman key create service:deploy --scope /payments=read,publish --days 90\n";
constexpr std::string_view kGrantDetails =
    "ROLES are viewer, editor, publisher, admin or roles of your own, with commas between; they "
    "take\n"
    "the place of those that the principal has there. They hold in the namespace and below:\n"
    "\n"
    "  confman access grant /payments user:alice publisher\n"
    "  confman access grant / group:operators viewer\n";
constexpr std::string_view kCheckDetails =
    "With --permission the exit status is 0 if it is allowed and 77 if not, and the line says by\n"
    "which assignment.\n";

constexpr std::string_view kPutSchemaDetails =
    "SCHEMA is a namespace and a name, FILE a JSON Schema, or - for standard input:\n"
    "\n"
    "  confman schema put /payments/stripe.json stripe.schema.json\n";
constexpr std::string_view kBindDetails =
    "What the namespace, and those below it that bind nothing themselves, is held to from now on; "
    "it\n"
    "takes the place of what was bound there. BOUND is SCHEMA@VERSION, which describes the "
    "namespace\n"
    "as an object of its keys, or SCHEMA@VERSION=KEYS, which describes each value whose key is "
    "like\n"
    "KEYS ('*' for any characters, '?' for one). Without any nothing is bound there, whatever is\n"
    "bound above:\n"
    "\n"
    "  confman schema bind /payments /payments/stripe.json@1 --dry-run\n"
    "  confman schema bind /payments '/payments/rate.json@2=rate-*'\n";
constexpr std::string_view kCheckSchemaDetails =
    "Needs no server. Tells what is wrong with the schema, and then with each file: exit status "
    "65.\n"
    "A file's type goes by its ending. With --whole its name without the ending is the key:\n"
    "\n"
    "  confman schema check stripe.schema.json\n"
    "  confman schema check routes.schema.json routes.yaml\n"
    "  confman schema check stripe.schema.json --whole api-version.json\n";

constexpr std::string_view kAddDetails =
    "PEER and API are the node's addresses, HOST:PORT. It gets the data and has no vote until it "
    "is\n"
    "promoted:\n"
    "\n"
    "  confman cluster add node4 10.0.0.4:8201 10.0.0.4:8101\n"
    "  confman cluster promote node4\n";

constexpr std::string_view kRewrapDetails =
    "For when the master key has been changed: the server that is asked wraps what another of its "
    "keys still wraps, some at a time, until nothing is left. Which keys there are, and which wrap "
    "something, tells status.";

constexpr auto kCommands = std::to_array<Command>({
    {"get", "PATH", "print a value", kGetDetails, 1, 1, kGet, run_get},
    {"set", "PATH VALUE", "create or replace a value", kSetDetails, 2, 2, kSet, run_set},
    {"delete", "PATH", "delete an entry (its history stays)", "", 1, 1, kDelete, run_delete},
    {"list", "[NAMESPACE]", "list the entries of a namespace", "", 0, 1, kList, run_list},
    {"history", "PATH", "list the versions of an entry, newest first", "", 1, 1, kHistory,
     run_history},
    {"rollback", "PATH", "publish an earlier version again", kRollbackDetails, 1, 1, kRollback,
     run_rollback},
    {"destroy", "PATH", "take the content of a version out of the state", kDestroyDetails, 1, 1,
     kDestroy, run_destroy},
    {"diff", "PATH", "show what differs between two versions, or moments", kDiffDetails, 1, 1,
     kDiff, run_diff},
    {"resolve", "PATH", "show what a namespace has and inherits", kResolveDetails, 1, 1, kResolve,
     run_resolve},
    {"watch", "[NAMESPACE]", "follow the changes in and below a namespace", kWatchDetails, 0, 1,
     kWatch, run_watch},
    {"audit", "[NAMESPACE]", "list audit events, newest first", "", 0, 1, kAudit, run_audit},
    {"audit export", "[FILE]", "write the audit trail to a file, behind what it has",
     kExportDetails, 0, 1, kExport, run_audit_export},
    {"audit verify", "FILE...", "tell whether exports are unbroken, without a server",
     kVerifyDetails, 1, kMaxTrailFiles, kVerify, run_audit_verify},
    {"status",
     "",
     "tell how the cluster is, by asking all of its members",
     kStatusDetails,
     0,
     0,
     {},
     run_status},
    {"namespace create", "NAMESPACE", "create a namespace, or replace what it has", "", 1, 1,
     kCreate, run_namespace_create},
    {"namespace describe", "NAMESPACE", "show a namespace", "", 1, 1, kDescribe,
     run_namespace_describe},
    {"namespace delete", "NAMESPACE", "delete an empty namespace", "", 1, 1, kDeleteNamespace,
     run_namespace_delete},
    {"namespace list", "[NAMESPACE]", "list child namespaces", "", 0, 1, kListNamespaces,
     run_namespace_list},
    {"login", "", "keep an API key for the commands to come", kLoginDetails, 0, 0, {}, run_login},
    {"logout", "", "forget it", "", 0, 0, {}, run_logout},
    {"key create", "OWNER", "make an API key", kCreateKeyDetails, 1, 1, kCreateKey, run_key_create},
    {"key list", "", "list API keys", "", 0, 0, kListKeys, run_key_list},
    {"key revoke", "ID", "make an API key invalid, for good", "", 1, 1, kWriteOnce, run_key_revoke},
    {"role list", "", "list the roles and what they allow", "", 0, 0, kPages, run_role_list},
    {"role set", "NAME PERMISSIONS", "create a role, or replace what it allows", "", 2, 2, kSetRole,
     run_role_set},
    {"role delete", "NAME", "delete a role that nobody has", "", 1, 1, kDeleteNamespace,
     run_role_delete},
    {"access grant", "NAMESPACE PRINCIPAL ROLES", "give somebody roles in a namespace",
     kGrantDetails, 3, 3, kGrant, run_access_grant},
    {"access revoke", "NAMESPACE PRINCIPAL", "take somebody's roles in a namespace", "", 2, 2,
     kDeleteNamespace, run_access_revoke},
    {"access list", "[NAMESPACE]", "list who has which roles in a namespace", "", 0, 1, kPages,
     run_access_list},
    {"access check", "[NAMESPACE]", "tell what somebody may do in a namespace, and why",
     kCheckDetails, 0, 1, kCheck, run_access_check},
    {"group add", "GROUP MEMBER", "put a user or a service into a group", "", 2, 2, kWriteOnce,
     run_group_add},
    {"group remove", "GROUP MEMBER", "take one out", "", 2, 2, kWriteOnce, run_group_remove},
    {"group list", "[GROUP]", "list the members of a group, or of all", "", 0, 1, kPages,
     run_group_list},
    {"policy show", "[NAMESPACE]", "show what publishing takes in a namespace", "", 0, 1, kShow,
     run_policy_show},
    {"policy set", "NAMESPACE", "say what publishing takes there", kSetPolicyDetails, 1, 1,
     kSetPolicy, run_policy_set},
    {"policy delete", "NAMESPACE", "from then on what is above holds", "", 1, 1, kDeleteNamespace,
     run_policy_delete},
    {"quota show", "[NAMESPACE]", "show what may be used, and what is", "", 0, 1, kShow,
     run_quota_show},
    {"quota set", "NAMESPACE", "say how much may be live there and below", kSetQuotaDetails, 1, 1,
     kSetQuota, run_quota_set},
    {"quota delete", "NAMESPACE", "from then on those above hold alone", "", 1, 1, kDeleteNamespace,
     run_quota_delete},
    {"retention show", "[NAMESPACE]", "show how long versions stay", "", 0, 1, kShow,
     run_retention_show},
    {"retention set", "NAMESPACE", "say how long versions stay there", kSetRetentionDetails, 1, 1,
     kSetRetention, run_retention_set},
    {"retention delete", "NAMESPACE", "from then on what is above holds", "", 1, 1,
     kDeleteNamespace, run_retention_delete},
    {"restore-point create", "NAME", "give this moment of the cluster a name", "", 1, 1,
     kCreatePoint, run_restore_point_create},
    {"restore-point list", "", "list restore points", "", 0, 0, kPages, run_restore_point_list},
    {"restore-point delete", "NAME", "let a restore point go, and what it keeps", "", 1, 1,
     kWriteOnce, run_restore_point_delete},
    {"restore-point rollback", "NAME", "bring all namespaces back to it, one after the other",
     kRestorePointRollbackDetails, 1, 1, kAskFirst, run_restore_point_rollback},
    {"draft put", "PATH VALUE", "open a request to set a value", kDraftDetails, 2, 2, kDraftPut,
     run_draft_put},
    {"draft delete", "PATH", "open a request to delete an entry", kDraftDetails, 1, 1, kDraftDelete,
     run_draft_delete},
    {"request list", "", "list requests, newest first", "", 0, 0, kListRequests, run_request_list},
    {"request show", "ID", "show a request, and what you may do with it", "", 1, 1, kShow,
     run_request_show},
    {"request diff", "ID", "show what a request changes", "", 1, 1, kShow, run_request_diff},
    {"request create", "CONTENT", "open a request of several changes", kCreateRequestDetails, 1, 1,
     kWriteOnce, run_request_create},
    {"request edit", "ID CONTENT", "replace what a request has; voids approvals",
     kCreateRequestDetails, 2, 2, kDeleteNamespace, run_request_edit},
    {"request submit", "ID", "send a request to review", "", 1, 1, kStep, run_request_submit},
    {"request approve", "ID", "agree to what a request changes", kApproveDetails, 1, 1, kApprove,
     run_request_approve},
    {"request reject", "ID TEXT", "send a request back", "", 2, 2, kDeleteNamespace,
     run_request_reject},
    {"request withdraw", "ID", "give a request up", "", 1, 1, kStep, run_request_withdraw},
    {"request comment", "ID TEXT", "say something about a request", "", 2, 2, kWriteOnce,
     run_request_comment},
    {"request rebase", "ID", "start from what is live now; voids approvals", "", 1, 1, kStep,
     run_request_rebase},
    {"request publish", "ID", "publish a request, or put it on its schedule", kPublishDetails, 1, 1,
     kPublish, run_request_publish},
    {"request review", "ID", "look at an emergency, afterwards", "", 1, 1, kStep,
     run_request_review},
    {"schema put", "SCHEMA FILE", "put a new version of a schema", kPutSchemaDetails, 2, 2,
     kPutSchema, run_schema_put},
    {"schema show", "SCHEMA", "print a schema", "", 1, 1, kShowSchema, run_schema_show},
    {"schema list", "[NAMESPACE]", "list the schemas of a namespace", "", 0, 1, kPages,
     run_schema_list},
    {"schema history", "SCHEMA", "list the versions of a schema, newest first", "", 1, 1, kPages,
     run_schema_history},
    {"schema delete", "SCHEMA", "delete a schema that nothing is bound to", "", 1, 1,
     kDeleteNamespace, run_schema_delete},
    {"schema bind", "NAMESPACE [BOUND…]", "hold a namespace to schemas", kBindDetails, 1,
     1 + domain::kMaxBoundSchemas, kBind, run_schema_bind},
    {"schema unbind", "NAMESPACE", "hold a namespace to what is bound above it", "", 1, 1,
     kDeleteNamespace, run_schema_unbind},
    {"schema bound", "[NAMESPACE]", "show what a namespace is held to", "", 0, 1, kDescribe,
     run_schema_bound},
    {"schema check", "SCHEMA-FILE [FILE…]", "hold files to a schema, without a server",
     kCheckSchemaDetails, 1, 1000, kCheckSchema, run_schema_check},
    {"cluster members", "", "list the members", "", 0, 0, {}, run_cluster_members},
    {"cluster add",
     "NAME PEER API",
     "add a node, as a learner",
     kAddDetails,
     3,
     3,
     {},
     run_cluster_add},
    {"cluster promote", "NAME", "make a voter of a learner", "", 1, 1, {}, run_cluster_promote},
    {"cluster demote", "NAME", "make a learner of a voter", "", 1, 1, {}, run_cluster_demote},
    {"cluster remove", "NAME", "remove a member", "", 1, 1, {}, run_cluster_remove},
    {"cluster transfer", "[NAME]", "hand leadership over", "", 0, 1, {}, run_cluster_transfer},
    {"secret rewrap",
     "",
     "wrap all keys of secrets by the active master key",
     kRewrapDetails,
     0,
     0,
     {},
     run_secret_rewrap},
});

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text + "  ";
}

std::string command_list() {
  std::string out;
  for (const Command& command : kCommands) {
    const std::string line = std::string(command.name) + " " + std::string(command.operands);
    out += "  " + padded(line, 29) + std::string(command.summary) + "\n";
  }
  return out;
}

std::string exit_list() {
  std::string out;
  for (const auto& [status, meaning] : kExitStatuses) {
    out += "  " + padded(std::to_string(status), 4) + std::string(meaning) + "\n";
  }
  return out;
}

std::string flag_list(std::span<const std::string_view> names) {
  std::string out;
  for (const std::string_view name : names) {
    const Flag& flag = *find_flag(name);
    const std::string line =
        std::string(flag.name) + (flag.value.empty() ? "" : " ") + std::string(flag.value);
    out += "  " + padded(line, 24) + std::string(flag.help) + "\n";
  }
  return out;
}

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

std::span<const Flag> flags() {
  return kFlags;
}

std::span<const ExitStatus> exit_statuses() {
  return kExitStatuses;
}

const Flag* find_flag(std::string_view name) {
  const auto* found = std::ranges::find(kFlags, name, &Flag::name);
  return found == kFlags.end() ? nullptr : found;
}

bool is_common(std::string_view flag) {
  return std::ranges::find(kCommonFlags, flag) != kCommonFlags.end();
}

bool takes(const Command& command, std::string_view flag) {
  return std::ranges::find(command.flags, flag) != command.flags.end() || is_common(flag);
}

std::string usage() {
  return "usage: confman COMMAND [ARGUMENTS] [FLAGS]\n"
         "confman --help lists all commands, confman help COMMAND explains one.";
}

std::string help() {
  return "confman - configuration that is versioned, replicated and audited\n\n"
         "usage: confman COMMAND [ARGUMENTS] [FLAGS]\n\n"
         "commands:\n" +
         command_list() + "\nflags of every command:\n" + flag_list(kCommonFlags) +
         "\nPATH is a namespace and a key: /teams/payments/rate-limit. Servers are "
         "http://HOST:PORT;\n"
         "the default is http://127.0.0.1:8101. When one doesn't answer, the next is asked.\n"
         "\nexit status:\n" +
         exit_list() +
         "\nconfman help COMMAND explains a command; confman --version tells the version.\n";
}

std::string help_for(const Command& command) {
  std::string out = "confman " + std::string(command.name) + " - " + std::string(command.summary) +
                    "\n\nusage: confman " + std::string(command.name) +
                    (command.operands.empty() ? "" : " ") + std::string(command.operands) +
                    " [FLAGS]\n\n";
  if (!command.details.empty()) out += std::string(command.details) + "\n";
  if (!command.flags.empty()) out += "flags:\n" + flag_list(command.flags) + "\n";
  return out + "flags of every command:\n" + flag_list(kCommonFlags);
}

}  // namespace confman::cli
