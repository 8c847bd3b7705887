import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.util.VersionInfo;

/** Resolves the default chain of the AWS SDK for Java 2.x once and prints what came of it as one JSON line. */
public final class Resolve {
    private static final String NOTHING = "Unable to load credentials from any of the providers in the chain";

    public static void main(String[] arguments) {
        Map<String, String> line = new TreeMap<>();
        line.put("sdk", quoted("java-v2"));
        line.put("version", quoted(VersionInfo.SDK_VERSION));
        long start = System.nanoTime();
        try {
            AwsCredentials keys = DefaultCredentialsProvider.create().resolveCredentials();
            String keyId = keys.accessKeyId();
            line.put("outcome", quoted("credentials"));
            line.put("access_key_hint", quoted("…" + keyId.substring(Math.max(0, keyId.length() - 4))));
        } catch (RuntimeException failure) {
            String text = String.valueOf(failure.getMessage());
            line.put("outcome", quoted(text.startsWith(NOTHING) ? "none" : "error"));
            line.put("error", quoted(text));
        }
        line.put("seconds", String.valueOf((System.nanoTime() - start) / 1e9));
        System.out.println(asJson(line));
        System.exit(0); // the SDK's own threads do not end by themselves
    }

    private static String asJson(Map<String, String> line) {
        StringBuilder json = new StringBuilder();
        line.forEach((key, value) -> json.append(json.length() == 0 ? "{" : ",").append(quoted(key)).append(':').append(value));
        return json.append('}').toString();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char each : text.strip().replaceAll("\\s+", " ").toCharArray()) {
            boolean plain = each >= ' ' && each < 127 && each != '"' && each != '\\';
            quoted.append(plain ? String.valueOf(each) : String.format("\\u%04x", (int) each));
        }
        return quoted.append('"').toString();
    }
}
