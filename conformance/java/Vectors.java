import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.*;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs the vectors without a build and without dependencies:
 *
 * <pre>java conformance/java/Vectors.java [folder]</pre>
 *
 * By default, the folder is that of this repository. To test your own implementation, replace the
 * functions in ANSWERS. Not covered: events.json, trigger-overrides.json and trust-policy.json, and what only a
 * service can answer, listing.json and paging.json.
 */
class Vectors {
    /** The function that answers the input of a case, and the claims that its subject compares. */
    record Answer(Function<Map<String, Object>, Map<String, Object>> function, Set<String> claims) {}

    static final Map<String, Answer> ANSWERS = Map.of(
            "preferred-role", new Answer(Vectors::issueTokens, Set.of("cognito:preferred_role")),
            "roles-claim", new Answer(Vectors::issueTokens, Set.of("cognito:roles")),
            "groups-claim", new Answer(Vectors::issueTokens, Set.of("cognito:groups")),
            "access-token", new Answer(Vectors::issueTokens, Set.of("cognito:roles", "cognito:preferred_role")),
            "pages", new Answer(Vectors::readPages, Set.of()),
            "identity-pool", new Answer(input -> mapOf("role_arn", chooseRole(input)), Set.of()));

    static Map<String, Object> issueTokens(Map<String, Object> input) {
        List<Map<String, Object>> groups = objects(input.get("Groups"));
        var candidates = groups.stream().filter(group -> group.get("RoleArn") != null).toList();
        double best = candidates.stream().mapToDouble(Vectors::rank).min().orElse(0);
        var deciding = candidates.stream().filter(group -> rank(group) == best).toList();
        var nominated = pluck(deciding, "RoleArn").distinct().toList();
        var accessToken = new HashMap<String, Object>();
        if (!groups.isEmpty()) accessToken.put("cognito:groups", pluck(groups, "GroupName").toList());
        var idToken = new HashMap<>(accessToken);
        if (!candidates.isEmpty()) idToken.put("cognito:roles", pluck(candidates, "RoleArn").distinct().toList());
        if (nominated.size() == 1) idToken.put("cognito:preferred_role", nominated.get(0));
        var decidedBy = pluck(deciding, "GroupName").toList();
        return mapOf("id_token", idToken, "access_token", accessToken, "decided_by", decidedBy);
    }

    static double rank(Map<String, Object> group) {
        var precedence = (BigDecimal) group.get("Precedence");
        return precedence == null ? Double.POSITIVE_INFINITY : precedence.doubleValue();
    }

    static Map<String, Object> readPages(Map<String, Object> input) {
        var names = new LinkedHashSet<Object>();
        for (var page : objects(input.get("Pages"))) {
            names.addAll(pluck(objects(page.get("Groups")), "GroupName").toList());
            if (page.get("NextToken") == null || page.get("NextToken").equals("")) break;
        }
        return mapOf("groups", List.copyOf(names));
    }

    /** Return the ARN of the role that an identity pool assigns, or null if it denies the request. */
    static Object chooseRole(Map<String, Object> input) {
        Map<String, Object> claims = object(input.get("claims")), mapping = object(input.get("role_mapping"));
        Object authenticated = input.get("authenticated_role"), custom = input.get("custom_role_arn");
        if (mapping == null) return custom == null || custom.equals(authenticated) ? authenticated : null;
        boolean byToken = mapping.get("Type").equals("Token");
        List<?> permitted = byToken
                ? (List<?>) claims.getOrDefault("cognito:roles", List.of())
                : pluck(objects(object(mapping.get("RulesConfiguration")).get("Rules")).stream()
                        .filter(rule -> matches(rule, claims.get(rule.get("Claim")))).toList(), "RoleARN").toList();
        if (custom != null) return permitted.contains(custom) ? custom : null;
        Object role = byToken ? claims.get("cognito:preferred_role") : permitted.isEmpty() ? null : permitted.get(0);
        if (role != null && !role.equals("")) return role;
        return "AuthenticatedRole".equals(mapping.get("AmbiguousRoleResolution")) ? authenticated : null;
    }

    static boolean matches(Map<String, Object> rule, Object claim) {
        if (claim == null) return false;
        var value = (String) rule.get("Value");
        var texts = (claim instanceof List<?> list ? list : List.of(claim)).stream().map(String::valueOf).toList();
        return switch ((String) rule.get("MatchType")) {
            case "Equals" -> texts.contains(value);
            case "NotEqual" -> !texts.contains(value);
            case "StartsWith" -> texts.stream().anyMatch(text -> text.startsWith(value));
            default -> claim instanceof List ? texts.contains(value) : texts.get(0).contains(value);
        };
    }

    public static void main(String[] arguments) throws Exception {
        var folder = Path.of(arguments.length > 0 ? arguments[0] : "src/cognito_claims/conformance/vectors/v1");
        int passed = 0, failed = 0;
        for (var entry : new TreeMap<>(ANSWERS).entrySet()) {
            var file = object(new Json(Files.readString(folder.resolve(entry.getKey() + ".json"))).read());
            for (var vector : objects(file.get("cases"))) {
                var got = entry.getValue().function().apply(object(vector.get("input")));
                var claims = entry.getValue().claims();
                if (objects(vector.get("expected")).stream().anyMatch(one -> isEquivalent(got, one, claims))) {
                    passed++;
                } else {
                    failed++;
                    System.out.println(vector.get("id") + ": got " + got + ", expected " + vector.get("expected"));
                }
            }
        }
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }

    /** Return whether an answer has the members of an expected one; of its tokens, only these claims matter. */
    static boolean isEquivalent(Map<String, Object> answer, Map<String, Object> expected, Set<String> claims) {
        return expected.entrySet().stream().filter(one -> !one.getKey().equals("differs_on")).allMatch(one -> {
            Object got = answer.get(one.getKey());
            if (one.getKey().endsWith("_token")) {
                got = new HashMap<>(object(got));
                object(got).keySet().retainAll(claims);
            }
            return Objects.equals(sort(got), sort(one.getValue()));
        });
    }

    /** Return a value whose arrays are sorted, since their order does not matter. */
    static Object sort(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(Vectors::sort).sorted(Comparator.comparing(String::valueOf)).toList();
        }
        if (!(value instanceof Map)) return value;
        var sorted = new HashMap<String, Object>();
        object(value).forEach((name, member) -> sorted.put(name, sort(member)));
        return sorted;
    }

    static Map<String, Object> mapOf(Object... members) {
        var map = new HashMap<String, Object>();
        for (int i = 0; i < members.length; i += 2) map.put((String) members[i], members[i + 1]);
        return map;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> objects(Object value) {
        return (List<Map<String, Object>>) value;
    }

    static Stream<Object> pluck(List<Map<String, Object>> groups, String member) {
        return groups.stream().map(group -> group.get(member));
    }

    /** Reads valid JSON into maps, lists, strings, numbers, booleans and null. No vector escapes a code point. */
    static class Json {
        static final Pattern TOKEN = Pattern.compile("[{}\\[\\]:,]|\"(?:[^\"\\\\]++|\\\\.)*+\"|[^\\s{}\\[\\]:,\"]+");
        final Matcher tokens;

        Json(String text) {
            tokens = TOKEN.matcher(text);
        }

        Object read() {
            return read(next());
        }

        String next() {
            return tokens.find() ? tokens.group() : "";
        }

        Object read(String token) {
            return switch (token) {
                case "{" -> readMembers(new LinkedHashMap<>());
                case "[" -> readElements(new ArrayList<>());
                case "true", "false" -> Boolean.valueOf(token);
                case "null" -> null;
                default -> token.startsWith("\"") ? unquote(token) : new BigDecimal(token);
            };
        }

        String unquote(String token) {
            return token.substring(1, token.length() - 1).translateEscapes();
        }

        Object readMembers(Map<String, Object> members) {
            for (String token = next(); !token.equals("}"); token = next()) {
                if (token.equals(",")) continue;
                next(); // the colon
                members.put(unquote(token), read());
            }
            return members;
        }

        Object readElements(List<Object> elements) {
            for (String token = next(); !token.equals("]"); token = next()) {
                if (!token.equals(",")) elements.add(read(token));
            }
            return elements;
        }
    }
}
