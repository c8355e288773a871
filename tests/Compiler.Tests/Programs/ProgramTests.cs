using System.Globalization;
using CogVideoX.Compiler.Frontend;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Passes;
using CogVideoX.Emulator;
using Microsoft.CodeAnalysis;

namespace CogVideoX.Compiler.Tests.Programs;

public class ProgramTests(ITestOutputHelper output)
{
    private const int Batch = 100, VerifiedEach = 4;

    /// <summary>Programs a run: COGVIDEOX_PROGRAMS=10000 for the long one. The seeds go on from COGVIDEOX_PROGRAM_SEED.</summary>
    private static readonly int Count = Setting("COGVIDEOX_PROGRAMS", 400), FirstSeed = Setting("COGVIDEOX_PROGRAM_SEED", 0);

    /// <summary>
    /// Random C# gives the same numbers on the host and, through our compiler, in the emulator; of some, the IR is checked after every
    /// pass.
    /// </summary>
    [Fact]
    public void HostAndEmulatorAgree()
    {
        var failures = new List<string>();
        var options = new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken };
        for (int first = FirstSeed; first < FirstSeed + Count; first += Batch)
        {
            int[] seeds = [.. Enumerable.Range(first, Math.Min(Batch, FirstSeed + Count - first))];
            Type[] programs = ProgramAssembly.Compile(
                seeds, (first / Batch) % 4 == 3 ? OptimizationLevel.Debug : OptimizationLevel.Release);
            Parallel.For(0, seeds.Length, options, n =>
            {
                if (Difference(programs[n], seeds[n]) is not { } difference)
                    return;
                lock (failures)
                    failures.Add($"seed {seeds[n]}: {difference}");
            });
        }
        foreach (string failure in failures.Take(20))
            output.WriteLine(failure);
        output.WriteLine($"{Count} programs, {failures.Count} differences");
        Assert.True(failures.Count == 0, $"{failures.Count} of {Count} programs differ; {failures.FirstOrDefault()}");
    }

    private static string? Difference(Type program, int seed)
    {
        try
        {
            var inputs = new ProgramInputs(seed);
            var run = program.GetMethod(nameof(IProgram.Run))!.CreateDelegate<Func<int, uint, long, float, double, ulong>>();
            var options = new CompileOptions();
            Function function = Translator.Translate(typeof(ProgramKernel<>).MakeGenericType(program), options);
            PassList.Run(function, verify: seed % VerifiedEach == 0);
            CompiledKernel compiled = KernelCompiler.Print(function, "", options);
            (ulong[] results, Fault? fault) = inputs.InEmulator(PtxModule.Parse(compiled.Ptx), compiled.Entry);
            if (fault is not null)
                return fault.ToString();
            ulong[] expected = inputs.OnHost(run);
            int row = Array.FindIndex(Enumerable.Range(0, ProgramInputs.Rows).ToArray(), r => results[r] != expected[r]);
            return row < 0
                ? null
                : $"row {row} (i = {inputs.I[row]}, u = {inputs.U[row]}, l = {inputs.L[row]}, "
                    + $"f = {inputs.F[row]:R}, d = {inputs.D[row]:R})";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return e.Message;
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value : otherwise;
}
