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

    /// <summary>How a form is wrong, as the end of a sentence.</summary>
    /// <param name="form">That is wrong.</param>
    /// <param name="allowed">What its error may be.</param>
    public static string Wrong(BenchedForm form, double allowed) => form.Error is { } error
        ? string.Create(CultureInfo.InvariantCulture, $"wrong: its relative error is {error:0.0E+0}, and {allowed:0.0E+0} is allowed.")
        : "wrong: a number isn't finite.";

    private static string Share(double? share) => share?.ToString("P0", CultureInfo.InvariantCulture) ?? "";
}
