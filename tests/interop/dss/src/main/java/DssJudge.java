import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.diagnostic.TimestampWrapper;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.Indication;
import eu.europa.esig.dss.enumerations.SignatureAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.ToBeSigned;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.pades.PAdESSignatureParameters;
import eu.europa.esig.dss.pades.signature.PAdESService;
import eu.europa.esig.dss.pades.validation.PDFDocumentValidator;
import eu.europa.esig.dss.service.crl.OnlineCRLSource;
import eu.europa.esig.dss.service.http.commons.CommonsDataLoader;
import eu.europa.esig.dss.service.http.commons.OCSPDataLoader;
import eu.europa.esig.dss.service.http.commons.TimestampDataLoader;
import eu.europa.esig.dss.service.ocsp.OnlineOCSPSource;
import eu.europa.esig.dss.service.tsp.OnlineTSPSource;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.aia.DefaultAIASource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.File;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;

/**
 * EU DSS judges and signs. One line of JSON a file on standard output.
 *
 *   judge [--offline] [--policy FILE.xml] ROOT.pem FILE.pdf[=PASSWORD]...     "-" reads the names from standard input, one a line
 *   sign LEVEL PKI SIGNER TSA_URL IN.pdf OUT.pdf                  LEVEL: B-B, B-T, B-LT, B-LTA
 *   timestamp PKI TSA_URL IN.pdf OUT.pdf                          a document time-stamp alone
 *   extend LEVEL PKI TSA_URL IN.pdf OUT.pdf
 *   warm N COMMAND...        any of them 2 N times in one process; the median of the last N, in seconds, is all that is printed
 */
public final class DssJudge {
    private DssJudge() {}

    public static void main(String[] args) throws Exception {
        if (args[0].equals("warm")) {
            warm(Integer.parseInt(args[1]), Arrays.copyOfRange(args, 2, args.length));
        } else {
            command(args);
        }
    }

    private static void warm(int times, String[] args) throws Exception {
        PrintStream said = System.out;
        double[] taken = new double[times];
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        for (int i = 0; i < 2 * times; i++) {
            long start = System.nanoTime();
            command(args);
            taken[i % times] = (System.nanoTime() - start) / 1e9;
        }
        Arrays.sort(taken);
        said.println(taken[times / 2]);
    }

    private static void command(String[] args) throws Exception {
        switch (args[0]) {
            case "install" -> { } // dss.sh has built what it needs
            case "judge" -> judge(args);
            case "sign" -> sign(args[1], args[2], args[3], args[4], args[5], args[6]);
            case "timestamp" -> timestamp(args[1], args[2], args[3], args[4]);
            case "extend" -> extend(args[1], args[2], args[3], args[4], args[5]);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static CommonCertificateVerifier verifier(String root, boolean online) {
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
        trusted.addCertificate(DSSUtils.loadCertificate(new File(root)));
        verifier.setTrustedCertSources(trusted);
        verifier.setAIASource(null);
        if (online) {
            verifier.setAIASource(new DefaultAIASource(new CommonsDataLoader()));
            verifier.setOcspSource(new OnlineOCSPSource(new OCSPDataLoader()));
            verifier.setCrlSource(new OnlineCRLSource(new CommonsDataLoader()));
        }
        return verifier;
    }

    private static void judge(String[] args) throws Exception {
        boolean online = true;
        String policy = null;
        int i = 1;
        for (; args[i].startsWith("--"); i++) {
            if (args[i].equals("--offline")) online = false;
            else policy = args[++i];
        }
        String root = args[i++];
        List<String> names = new ArrayList<>();
        for (; i < args.length; i++) {
            if (!args[i].equals("-")) { names.add(args[i]); continue; }
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line; (line = in.readLine()) != null; ) names.add(line);
        }
        for (String name : names) System.out.println(judgeOne(name, root, online, policy));
    }

    private static String judgeOne(String given, String root, boolean online, String policy) {
        int equals = given.indexOf('=');
        String name = equals < 0 ? given : given.substring(0, equals);
        String password = equals < 0 ? "" : given.substring(equals + 1);
        StringBuilder out = new StringBuilder("{\"file\":" + quote(name));
        try {
            SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(name));
            if (!password.isEmpty()) ((PDFDocumentValidator) validator).setPasswordProtection(password.toCharArray());
            validator.setCertificateVerifier(verifier(root, online));
            Reports reports = policy == null ? validator.validateDocument() : validator.validateDocument(new File(policy));
            SimpleReport report = reports.getSimpleReport();
            DiagnosticData data = reports.getDiagnosticData();
            boolean good = report.getSignaturesCount() > 0;
            out.append(",\"signatures\":[");
            String comma = "";
            for (SignatureWrapper signature : data.getSignatures()) {
                String id = signature.getId();
                good &= report.getIndication(id) == Indication.TOTAL_PASSED;
                List<String> remarks = new ArrayList<>();
                report.getAdESValidationErrors(id).forEach(m -> remarks.add("error: " + m.getValue()));
                report.getAdESValidationWarnings(id).forEach(m -> remarks.add("warning: " + m.getValue()));
                out.append(comma).append("{\"field\":").append(quote(String.valueOf(signature.getFirstFieldName())))
                    .append(",\"indication\":").append(quote(String.valueOf(report.getIndication(id))))
                    .append(",\"sub_indication\":").append(quote(String.valueOf(report.getSubIndication(id))))
                    .append(",\"level\":").append(quote(String.valueOf(report.getSignatureFormat(id))))
                    .append(",\"remarks\":[").append(String.join(",", remarks.stream().map(DssJudge::quote).toList()))
                    .append("]}");
                comma = ",";
            }
            out.append("],\"timestamps\":[");
            comma = "";
            for (TimestampWrapper stamp : data.getTimestampList()) {
                Indication indication = report.getIndication(stamp.getId());
                if (indication != null) good &= indication == Indication.PASSED || indication == Indication.TOTAL_PASSED;
                out.append(comma).append("{\"type\":").append(quote(String.valueOf(stamp.getType())))
                    .append(",\"indication\":").append(quote(String.valueOf(indication)))
                    .append(",\"intact\":").append(stamp.isMessageImprintDataFound() && stamp.isMessageImprintDataIntact()
                        && stamp.isSignatureIntact()).append("}");
                comma = ",";
            }
            out.append("],\"good\":").append(good);
        } catch (Exception error) {
            out.append(",\"error\":").append(quote(String.valueOf(error))).append(",\"good\":false");
        }
        return out.append("}").toString();
    }

    private static String quote(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < 0x20) out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        return out.append('"').toString();
    }

    private static PrivateKey key(String file) throws Exception {
        String pem = Files.readString(Path.of(file)).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        byte[] der = Base64.getDecoder().decode(pem);
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (java.security.spec.InvalidKeySpecException notRsa) {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        }
    }

    private static PAdESService service(String pki, String tsa) {
        PAdESService service = new PAdESService(verifier(pki + "/root.crt", true));
        service.setTspSource(new OnlineTSPSource(tsa, new TimestampDataLoader()));
        return service;
    }

    private static void sign(String level, String pki, String signer, String tsa, String in, String out) throws Exception {
        PAdESService service = service(pki, tsa);
        PAdESSignatureParameters parameters = new PAdESSignatureParameters();
        CertificateToken certificate = DSSUtils.loadCertificate(new File(pki + "/" + signer + ".crt"));
        parameters.setSigningCertificate(certificate);
        parameters.setCertificateChain(certificate, DSSUtils.loadCertificate(new File(pki + "/tsp.crt")));
        parameters.setSignatureLevel(level(level));
        parameters.setDigestAlgorithm(DigestAlgorithm.SHA256);
        parameters.bLevel().setSigningDate(new Date());
        FileDocument document = new FileDocument(in);
        ToBeSigned data = service.getDataToSign(document, parameters);
        PrivateKey key = key(pki + "/" + signer + ".key");
        SignatureAlgorithm algorithm = parameters.getSignatureAlgorithm();
        Signature engine = Signature.getInstance(algorithm.getJCEId());
        engine.initSign(key);
        engine.update(data.getBytes());
        service.signDocument(document, parameters, new SignatureValue(algorithm, engine.sign())).save(out);
    }

    private static SignatureLevel level(String name) {
        return SignatureLevel.valueOf("PAdES_BASELINE_" + name.substring(2));
    }

    private static void timestamp(String pki, String tsa, String in, String out) throws Exception {
        service(pki, tsa).timestamp(new FileDocument(in), new eu.europa.esig.dss.pades.PAdESTimestampParameters()).save(out);
    }

    private static void extend(String level, String pki, String tsa, String in, String out) throws Exception {
        PAdESSignatureParameters parameters = new PAdESSignatureParameters();
        parameters.setSignatureLevel(level(level));
        service(pki, tsa).extendDocument(new FileDocument(in), parameters).save(out);
    }
}
