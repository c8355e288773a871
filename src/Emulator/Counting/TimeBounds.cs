namespace CogVideoX.Emulator;

/// <summary>
/// The least time that a launch can take on a card, part by part of it, from counts: each as if nothing else had to be waited for. The
/// largest binds. A launch takes longer than its largest bound by what its parts don't overlap, and by its beginning and its end.
/// </summary>
/// <param name="Card">The card.</param>
/// <param name="All">The parts, in a fixed order.</param>
public sealed record TimeBounds(CardRates Card, IReadOnlyList<TimeBound> All)
{
    /// <summary>Names of the parts that all multiprocessors share.</summary>
    internal const string Cache = "second-level cache", Memory = "memory";

    private const int WarpLanes = 32, SectorBytes = 32;

    /// <summary>The part that binds.</summary>
    public TimeBound Binding => All.MaxBy(bound => bound.Seconds)!;

    /// <summary>Bounds of a launch, all of whose CTAs are taken to be like those that were counted, and spread evenly.</summary>
    /// <param name="report">With detailed counts.</param>
    /// <param name="card">The card.</param>
    /// <param name="operandBytes">
    /// Of all operands: each goes once from or to the card's memory, if it goes through the cache once or more often.
    /// </param>
    public static TimeBounds Of(LaunchReport report, CardRates card, long operandBytes)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(card);
        LaunchCounters counts = report.Counters;
        double scale = report.SampledCtas == 0 ? 0 : (double)report.Ctas / report.SampledCtas;
        double clocks = card.Multiprocessors * card.ClockHz;
        double sync = counts.TensorWork - counts.GroupTensorWork;
        double cacheBytes = counts.BulkBytes + (double)counts.Sectors * SectorBytes;
        double memoryBytes = Math.Min(cacheBytes * scale, operandBytes);
        double sharedBytes = counts.SharedBytes + counts.AsyncBytes + (double)counts.BankConflicts * CardRates.SharedBytes;
        double floats = Of(InstructionClass.Float) - counts.SpecialFunctions;
        double integers = Of(InstructionClass.Integer) + Of(InstructionClass.Predicate) + Of(InstructionClass.Convert)
            + Of(InstructionClass.Move) - counts.Renames;
        double loads = Of(InstructionClass.Memory) + Of(InstructionClass.Atomic) + Of(InstructionClass.Warp)
            + Of(InstructionClass.MatrixLoad) + Of(InstructionClass.AsyncCopy);
        double tensorClocks = sync / card.SyncWork + (counts.GroupTensorWork == 0 ? 0 : counts.GroupTensorWork / card.GroupWork);
        return new TimeBounds(card,
        [
            new TimeBound("tensor cores", counts.TensorWork * scale, "FLOP", tensorClocks * scale / clocks),
            Lanes("special functions", counts.SpecialFunctions, CardRates.SpecialLanes),
            Lanes("f32 arithmetic", floats, card.FloatLanes),
            Lanes("integer arithmetic", integers, card.IntegerLanes),
            Lanes("load/store units", loads, CardRates.LoadStoreLanes),
            Bound("issue", counts.WarpInstructions - counts.Renames, "instructions", CardRates.IssueSlots * clocks),
            Bound("shared memory", sharedBytes, "bytes", CardRates.SharedBytes * clocks),
            Bound(Cache, cacheBytes, "bytes", card.CacheBytesPerSecond),
            new TimeBound(Memory, memoryBytes, "bytes", memoryBytes / card.MemoryBytesPerSecond),
        ]);

        double Of(InstructionClass kind) => counts.ByClass.GetValueOrDefault(kind);

        TimeBound Lanes(string part, double instructions, int perClock) =>
            Bound(part, instructions * WarpLanes, "lanes", perClock * clocks);

        TimeBound Bound(string part, double amount, string unit, double perSecond) =>
            new(part, amount * scale, unit, amount * scale / perSecond);
    }
}

/// <summary>What a part of a card has to do.</summary>
/// <param name="Part">Of the card.</param>
/// <param name="Amount">How much, in the whole launch.</param>
/// <param name="Unit">Of <paramref name="Amount"/>.</param>
/// <param name="Seconds">The least time.</param>
public sealed record TimeBound(string Part, double Amount, string Unit, double Seconds);
