import java.io.FileInputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Judge FLAVOURS FILE...: one line a file and flavour; status 0 when all conform, 6 when one does not. */
public final class Judge {
    public static void main(String[] args) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        VeraGreenfieldFoundryProvider.initialise();
        int status = 0;
        for (int i = 1; i < args.length; i++) {
            for (String name : args[0].split(",")) {
                if (!conforms(name, args[i]))
                    status = 6;
            }
        }
        System.exit(status);
    }

    private static boolean conforms(String name, String file) {
        PDFAFlavour flavour = PDFAFlavour.fromString(name);
        try (FileInputStream in = new FileInputStream(file);
             PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour);
             PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.println((result.isCompliant() ? "conforms " : "FAILS ") + name + " " + file);
            if (!result.isCompliant())
                explain(result.getTestAssertions());
            return result.isCompliant();
        } catch (Exception e) {
            System.out.println("FAILS " + name + " " + file + ": " + e);
            return false;
        }
    }

    private static void explain(List<TestAssertion> assertions) {
        Map<String, Integer> seen = new TreeMap<>();
        for (TestAssertion a : assertions) {
            if (a.getStatus() != TestAssertion.Status.FAILED)
                continue;
            String rule = a.getRuleId().getClause() + "-" + a.getRuleId().getTestNumber();
            if (seen.merge(rule, 1, Integer::sum) <= 3)
                System.out.println("  " + rule + ": " + a.getMessage() + " | " + a.getLocation().getContext());
        }
        seen.forEach((rule, count) -> System.out.println("  " + rule + " x " + count));
    }
}
