using System.Globalization;
using CogVideoX.Emulator;
using CogVideoX.Emulator.Decoding;

namespace CogVideoX.Kernels.Tests.Cuda;

/// <summary>
/// What a launch costs in counts that make it fast or slow, held in <c>counts.txt</c> beside this file: a kernel that got worse fails, and
/// so does one that got better, with a word to renew the table (<c>COGVIDEOX_RENEW_COUNTS=1</c>).
/// </summary>
internal static class CountTable
{
    private static readonly string File = System.IO.Path.Combine(Testing.Golden.Root, "tests", "Kernels.Tests", "Cuda", "counts.txt");

    private static readonly Lock Renewing = new();

    /// <summary>Compares a launch with its line.</summary>
    /// <param name="name">Of kernel and shape; no spaces.</param>
    /// <param name="kernel">What was launched.</param>
    /// <param name="report">Of the launch, with each access counted.</param>
    public static void Check(string name, Type kernel, LaunchReport report)
    {
        string counts = $"{Of(report.Counters)}, registers {Registers(kernel)}";
        if (Environment.GetEnvironmentVariable("COGVIDEOX_RENEW_COUNTS") == "1")
            Renew(name, counts);
        string? held = Lines().FirstOrDefault(line => line.Name == name).Counts;
        Assert.True(
            held == counts,
            $"{name} has other counts than the table: {counts}, and there {held ?? "nothing"}. If it got better, or worse for a reason, "
                + "renew the table: COGVIDEOX_RENEW_COUNTS=1.");
    }

    /// <summary>The counts of a launch in one line.</summary>
    public static string Of(LaunchCounters counters) => string.Create(
        CultureInfo.InvariantCulture,
        $"instructions {counters.WarpInstructions}, mma {counters.MatrixMultiplies}, mma:ldmatrix {counters.MultipliesPerLoad:F2}, "
            + $"per mma in the main loop {counters.InstructionsPerMultiply:F2}, bank conflicts {counters.BankConflicts}, "
            + $"sectors {counters.Lines.Sum(line => line.Sectors)}, local bytes {counters.LocalBytes}");

    // Alive at once; the assembler needs some more.
    private static int Registers(Type kernel) =>
        RegisterPressure.Of(PtxModule.Parse(EmulatedQueue.CompiledOf(kernel).Ptx).Functions.Values.First(f => f.IsEntry)).Registers;

    private static IEnumerable<(string Name, string Counts)> Lines() => System.IO.File.Exists(File)
        ? System.IO.File.ReadAllLines(File).Select(line => line.Split(": ", 2)).Select(parts => (parts[0], parts[1]))
        : [];

    private static void Renew(string name, string counts)
    {
        lock (Renewing)
        {
            SortedDictionary<string, string> all = new(StringComparer.Ordinal);
            foreach ((string held, string value) in Lines())
                all[held] = value;
            all[name] = counts;
            System.IO.File.WriteAllLines(File, all.Select(pair => $"{pair.Key}: {pair.Value}"));
        }
    }
}
