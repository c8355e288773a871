using System.Globalization;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Cli.Verbs.Tuning;

/// <summary>What <c>kernels bench</c> prints for people: a block of lines a shape.</summary>
internal static class BenchTable
{
    public static void Write(TextWriter output, BenchedShape answer, bool isPredicted)
    {
        output.WriteLine();
        output.WriteLine($"{answer.Operation} {answer.Shape} in {answer.Type}");
        output.WriteLine($"  form                {(isPredicted ? "predicted" : " measured")}    TFLOP/s  of peak");
        foreach (BenchedForm form in answer.Forms)
        {
            string times = form.Microseconds is { } microseconds
                ? string.Create(CultureInfo.InvariantCulture, $"{microseconds,10:N1} µs {form.TeraFlops,9:N1}  {Share(form.PeakShare),7}")
                : "     WRONG";
            string by = (form.Rule, form.Table) switch
            {
                (true, true) => "  ← the rule and the table",
                (true, false) => "  ← the rule",
                (false, true) => "  ← the table",
                _ => "",
            };
            output.WriteLine($"  {new TileChoice(form.Tile, form.Parts),-18}{times}{by}");
        }
    }

    private static string Share(double? share) => share?.ToString("P0", CultureInfo.InvariantCulture) ?? "";
}
