using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace CogVideoX.GpuCheck.Parts;

/// <summary>
/// What ptxas makes of the kernels of our own compiler: registers, spills, and the machine instructions of the main loop beside the matrix
/// products in it. No card is needed, but NVIDIA's <c>ptxas</c> and <c>cuobjdump</c> (DEVELOPERS.md).
/// </summary>
internal static partial class SassPart
{
    private static readonly string[] Architectures = ["sm_80", "sm_90"];

    public static int Run(CheckOptions options)
    {
        string ptx = Path.Combine(options.Work, "ptx"), tools = options.Text("tools", "");
        PtxPart.Run(options, ptx);
        int failed = 0;
        Console.WriteLine("| kernel | architecture | registers | spilled bytes | loop | HMMA in it | a HMMA | the others of the loop |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (string file in Directory.GetFiles(ptx, "own.*.ptx").Order(StringComparer.Ordinal))
        {
            foreach (string architecture in Architectures)
            {
                string name = Path.GetFileNameWithoutExtension(file)["own.".Length..], cubin = Path.ChangeExtension(file, architecture);
                (bool assembled, string said) = Execute(Path.Combine(tools, "ptxas"), $"-arch={architecture}", "-v", file, "-o", cubin);
                failed += assembled ? 0 : 1;
                string loop = assembled ? Loop.Of(Execute(Path.Combine(tools, "cuobjdump"), "-sass", cubin).Said).ToString() : said.Trim();
                Console.WriteLine($"| {name} | {architecture} | {First(Registers(), said)} | {First(Spills(), said)} | {loop} |");
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private static string First(Regex pattern, string text) => pattern.Match(text) is { Success: true } found ? found.Groups[1].Value : "–";

    private static (bool Succeeded, string Said) Execute(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode == 0, output + errors.Result);
    }

    [GeneratedRegex("Used ([0-9]+) registers")]
    private static partial Regex Registers();

    [GeneratedRegex("([0-9]+) bytes spill stores")]
    private static partial Regex Spills();

    /// <summary>The shortest loop with a matrix product, by kinds of instructions.</summary>
    private sealed partial record Loop(int Instructions, int Products, string Others)
    {
        private const int MostKinds = 10;
        private const string Product = "HMMA";

        public static Loop Of(string sass)
        {
            (int Address, string Text)[] all = [.. Instruction().Matches(sass).Select(found => (
                int.Parse(found.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture), found.Groups[2].Value))];
            (int Address, string Text)[] shortest = [];
            foreach ((int address, string text) in all)
            {
                int target = Target().Match(text) is { Success: true } branch
                    ? int.Parse(branch.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                    : int.MaxValue;
                (int, string Text)[] body = [.. all.Where(one => one.Address >= target && one.Address <= address)];
                if (body.Any(one => KindOf(one.Text) == Product) && (shortest.Length == 0 || body.Length < shortest.Length))
                    shortest = body;
            }
            var kinds = shortest.CountBy(one => KindOf(one.Text)).OrderByDescending(kind => kind.Value).ToArray();
            return new Loop(
                shortest.Length, kinds.FirstOrDefault(kind => kind.Key == Product).Value,
                string.Join(", ", kinds.Where(kind => kind.Key != Product).Take(MostKinds).Select(kind => $"{kind.Value} {kind.Key}")));
        }

        public override string ToString() => Products == 0
            ? "– | – | – | "
            : string.Create(CultureInfo.InvariantCulture, $"{Instructions} | {Products} | {(double)Instructions / Products:F2} | {Others}");

        // Without its predicate and its suffixes.
        private static string KindOf(string text) => Kind().Match(text).Groups[1].Value;

        [GeneratedRegex(@"^\s+/\*([0-9a-f]{4,5})\*/\s+(.*?);", RegexOptions.Multiline)]
        private static partial Regex Instruction();

        [GeneratedRegex("BRA.* 0x([0-9a-f]+)")]
        private static partial Regex Target();

        [GeneratedRegex(@"^(?:@!?U?P\w+ )?([A-Z0-9]+)")]
        private static partial Regex Kind();
    }
}
