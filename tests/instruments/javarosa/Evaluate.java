import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Date;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.condition.EvaluationContext;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.core.model.utils.DateUtils;
import org.javarosa.xform.parse.XFormParser;
import org.javarosa.xpath.XPathParseTool;
import org.javarosa.xpath.expr.XPathFuncExpr;
import org.javarosa.xpath.expr.XPathPathExpr;

/** Prints type and value of each expression (one a line) as JavaRosa evaluates it in the form. */
public class Evaluate {
  public static void main(String[] arguments) throws Exception {
    FormDef form = new XFormParser(new InputStreamReader(
        new FileInputStream(arguments[0]), StandardCharsets.UTF_8)).parse();
    form.initialize(true, new InstanceInitializationFactory());
    TreeReference current =
        ((XPathPathExpr) XPathParseTool.parseXPath("/data/cur")).getReference();
    EvaluationContext context = new EvaluationContext(form.getEvaluationContext(), current);
    for (String line : Files.readAllLines(Paths.get(arguments[1]))) {
      System.out.println(shown(line, form, context));
    }
  }

  private static String shown(String line, FormDef form, EvaluationContext context) {
    try {
      Object value = XPathFuncExpr.unpack(
          XPathParseTool.parseXPath(line).eval(form.getMainInstance(), context));
      if (value instanceof Date) {
        return "date\t" + DateUtils.formatDateTime((Date) value, DateUtils.FORMAT_ISO8601);
      }
      String type = value instanceof Boolean ? "boolean" : value instanceof Double ? "number" : "text";
      return type + "\t" + value;
    } catch (Exception error) {
      return "error\t" + error.getClass().getSimpleName();
    }
  }
}
