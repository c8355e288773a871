using CogVideoX.Compiler;
using CogVideoX.Emulator;
using CogVideoX.Emulator.Mutations;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Tuning;
using CogVideoX.Testing;

namespace CogVideoX.Kernels.Tests.Cuda;

/// <summary>
/// An operation's kernels of our own compiler, judged without a card: the definition's numbers, on the emulator without a complaint, and
/// every weakened twin caught.
/// </summary>
internal static class CudaForm
{
    private const int MutantSeeds = 4;

    /// <summary>Runs an operation in both forms.</summary>
    /// <param name="make">The operation on operands that it makes; called once for each form, with the same random numbers.</param>
    /// <param name="tiles">Choices in place of the rule's; null for none.</param>
    /// <returns>The relative L2 error, and the launches.</returns>
    public static (double Error, IReadOnlyList<(Type Kernel, LaunchReport Report)> Launches) Compare<TOperation>(
        Func<Operands, TOperation> make, TileTable? tiles = null) where TOperation : struct, IOperation
    {
        float[] expected = Expected(make);
        using var queue = new EmulatedQueue { Tiles = tiles ?? TileTable.Empty };
        float[]? numbers = Run(queue, make);
        Assert.True(numbers is not null, $"{TOperation.Name} has no kernels of our own for these operands");
        Assert.All(queue.Launches, launch => Assert.Null(launch.Report.Fault));
        return (Agree.RelativeError(numbers!, expected), queue.Launches);
    }

    /// <summary>Runs an operation with a table of tiles.</summary>
    /// <returns>The relative L2 error, the result's numbers, and the kernels that were launched.</returns>
    public static (double Error, float[] Numbers, IReadOnlyList<Type> Kernels) Forced<TOperation>(
        Func<Operands, TOperation> make, TileTable tiles) where TOperation : struct, IOperation
    {
        using var queue = new EmulatedQueue { Tiles = tiles };
        float[] numbers = Run(queue, make)!;
        Assert.All(queue.Launches, launch => Assert.Null(launch.Report.Fault));
        return (Agree.RelativeError(numbers, Expected(make)), numbers, [.. queue.Launches.Select(launch => launch.Kernel)]);
    }

    /// <summary>Whether the operation takes these operands at all.</summary>
    public static bool Takes<TOperation>(Func<Operands, TOperation> make) where TOperation : struct, IOperation
    {
        using var queue = new EmulatedQueue();
        bool takes = Run(queue, make) is not null;
        Assert.Equal(takes, queue.Launches.Count > 0);
        return takes;
    }

    /// <summary>The mutants of all kernels that an operation launches, each with what caught it.</summary>
    /// <param name="make">The operation; small, since it runs many times.</param>
    /// <param name="tolerance">What a right form stays under.</param>
    public static IReadOnlyList<MutationResult> Mutate<TOperation>(Func<Operands, TOperation> make, double tolerance)
        where TOperation : struct, IOperation
    {
        float[] expected = Expected(make);
        using var sound = new EmulatedQueue();
        float[] numbers = Run(sound, make)!;
        Assert.InRange(Agree.RelativeError(numbers, expected), 0, tolerance);
        var results = new List<MutationResult>();
        foreach (IGrouping<Type, LaunchReport> launches in sound.Launches.GroupBy(launch => launch.Kernel, launch => launch.Report))
        {
            CompiledKernel compiled = EmulatedQueue.CompiledOf(launches.Key);
            var lines = launches.SelectMany(report => report.Counters.ExecutedLines).ToHashSet();
            long budget = launches.Max(report => report.Counters.WarpInstructions) * 4 + 10_000;
            foreach (Mutant mutant in Mutator.Mutants(compiled.Ptx, lines))
                results.Add(Judge(make, expected, tolerance, launches.Key, mutant, budget));
        }
        return results;
    }

    private static MutationResult Judge<TOperation>(
        Func<Operands, TOperation> make, float[] expected, double tolerance, Type kernel, Mutant mutant, long budget)
        where TOperation : struct, IOperation
    {
        string name = EmulatedQueue.CompiledOf(kernel).Entry;
        AsyncTiming[] timings = Enum.GetValues<AsyncTiming>();
        for (int seed = 0; seed < MutantSeeds * timings.Length; seed++)
        {
            var options = new LaunchOptions
            {
                Seed = seed,
                Timing = timings[seed % timings.Length],
                MaxLaunchInstructions = budget,
                Turn = seed % 2 == 0 ? 16 : 3,
            };
            using var queue = new EmulatedQueue(options, (type, ptx) => type == kernel ? mutant.Text : ptx);
            float[] numbers = Run(queue, make)!;
            if (queue.Launches.Select(launch => launch.Report.Fault).FirstOrDefault(fault => fault is not null) is { } fault)
                return new MutationResult(name, mutant.Line, mutant.Change, fault.ToString(), ByFault: true);
            double error = Agree.RelativeError(numbers, expected);
            if (!(error <= tolerance))
                return new MutationResult(name, mutant.Line, mutant.Change, $"error {error:E1}", ByFault: false);
        }
        return new MutationResult(name, mutant.Line, mutant.Change, null, ByFault: false);
    }

    private static float[] Expected<TOperation>(Func<Operands, TOperation> make) where TOperation : struct, IOperation
    {
        using var operands = new HostOperands();
        make(operands).RunReference();
        return operands.Read();
    }

    private static float[]? Run<TOperation>(EmulatedQueue queue, Func<Operands, TOperation> make) where TOperation : struct, IOperation
    {
        using var operands = new EmulatedOperands(queue);
        TOperation operation = make(operands);
        if (operation is IUsesWorkspace uses)
            queue.Reserve(uses.WorkspaceBytes(DeviceKind.Ilgpu));
        return operation.TryRunCuda(queue) ? operands.Read() : null;
    }
}
