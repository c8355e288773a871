namespace CogVideoX.Emulator.Mutations;

/// <summary>Measures how far the emulator can be trusted: of a sound case's mutants, how many does it catch?</summary>
internal static class MutationRun
{
    /// <summary>Runs every mutant of a sound case, under each timing and some seeds, until it is caught.</summary>
    /// <param name="one">the case</param> <param name="text">text of its module</param>
    /// <param name="seeds">runs under each timing; what only a rare order of the threads gives away needs several</param>
    /// <exception cref="CaseException">The case can't be run, or isn't sound to begin with.</exception>
    public static IReadOnlyList<MutationResult> Of(PtxCase one, string text, int seeds = 8)
    {
        ArgumentNullException.ThrowIfNull(one);
        CaseReport sound = one.Run();
        if (!sound.Passed || sound.Launch.Fault is not null)
            throw new CaseException(one.Path, $"it has no sound launch to weaken: {sound.Complaint ?? "a fault is planted in it"}");
        // an endless mutant needs no more patience than a few times the sound run
        long budget = sound.Launch.Counters.WarpInstructions * 4 + 10_000;
        return [.. Mutator.Mutants(text, sound.Launch.Counters.ExecutedLines).Select(m => Judge(one, m, seeds, budget))];
    }

    private static MutationResult Judge(PtxCase one, Mutant mutant, int seeds, long budget)
    {
        PtxModule module = PtxModule.Parse(mutant.Text);
        AsyncTiming[] timings = Enum.GetValues<AsyncTiming>();
        for (int round = 0; round < seeds; round++)
        {
            foreach (AsyncTiming timing in timings)
            {
                int seed = round * timings.Length + (int)timing;   // each run its own order of the warps
                CaseReport report = one.Run(
                    module,
                    new LaunchOptions { Seed = seed, Timing = timing, MaxLaunchInstructions = budget, Turn = round % 2 == 0 ? 16 : 3 });
                if (report.Launch.Fault is { } fault)
                    return new MutationResult(one.Name, mutant.Line, mutant.Change, fault.ToString(), ByFault: true);
                if (!report.Passed)
                    return new MutationResult(one.Name, mutant.Line, mutant.Change, report.Complaint, ByFault: false);
            }
        }
        return new MutationResult(one.Name, mutant.Line, mutant.Change, null, ByFault: false);
    }
}
