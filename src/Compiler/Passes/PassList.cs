using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>What happens to a function between the frontend and PTX, in order.</summary>
internal static class PassList
{
    /// <summary>
    /// Repeated until nothing is left to promote or unroll. Each round makes constants that the next needs: a pointer that lay in a
    /// variable becomes known, then the counters, then (inner loops first) the indices. The deepest nest of loops takes as many rounds.
    /// </summary>
    private const int MaxRounds = 24;

    /// <summary>Leaves no variables in memory, and no loops that must not be.</summary>
    private static readonly IPass[] Round =
    [
        new SimplifyBranches(), // copies of loops become straight code, on which promotion is quick
        new PromoteLocals(),    // values instead of memory, so that everything else can see them
        new FoldInstructions(), // makes trip counts and indices constants
        new SimplifyBranches(), // removes ways that aren't taken, which keep variables apart
        new DropDead(),         // pointers whose last use was promoted
        new UnrollLoops(),      // last: the next round cleans up the copies
    ];

    /// <summary>Loops as processors like them, and back to values.</summary>
    private static readonly IPass[] Rotation =
    [
        new RotateLoops(),      // needs variables in memory once more
        new PromoteLocals(),
        new FoldInstructions(), // tests before loops that are known to run
        new SimplifyBranches(),
        new DropDead(),
    ];

    /// <summary>Makes it short.</summary>
    private static readonly IPass[] Finish =
    [
        new ConvertIfs(),       // small arms become selections
        new FoldInstructions(), // selections become minima, predicates lose their round trips through integers
        new SimplifyBranches(),
        new ShareCommon(),      // iterations that were unrolled repeat each other
        new FoldInstructions(isLast: true), // what is shared meets constants; divisions that no range made cheap
        new HoistInvariants(),  // tells what changes in which loop
        new ShapeAddresses(),   // puts what changes least first
        new ShareCommon(),      // beginnings of addresses
        new HoistInvariants(),  // and takes them out of loops
        new FoldInstructions(isLast: true), // constants of addresses become offsets of accesses
        new FoldInstructionOffsets(), // and of those that instructions take
        new ShareCommon(),      // what was hoisted from two loops
        new JoinAccesses(),     // when one pointer serves all parts of a struct
        new DropDead(),
    ];

    /// <summary>Every pass of the list that keeps a function's meaning (all but the check), in order.</summary>
    public static IEnumerable<IPass> All => [.. Round, .. Rotation, .. Finish];

    /// <summary>Runs all passes.</summary>
    /// <param name="verify">checks the IR after each</param>
    public static void Run(Function function, bool verify)
    {
        bool changed = true;
        for (int i = 0; changed && i < MaxRounds; i++)
            changed = Run(function, Round, VerifierStage.Frontend, verify);
        Run(function, Rotation, VerifierStage.Frontend, verify);
        Run(function, [new RequirePromotion()], VerifierStage.Ssa, verify);
        Run(function, Finish, VerifierStage.Ssa, verify);
        if (verify)
            Verifier.Check(function, VerifierStage.Final);
    }

    private static bool Run(Function function, IPass[] passes, VerifierStage stage, bool verify)
    {
        bool changed = false;
        foreach (IPass pass in passes)
        {
            changed |= pass.Run(function);
            if (verify)
                Check(function, stage, pass);
        }
        return changed;
    }

    private static void Check(Function function, VerifierStage stage, IPass after)
    {
        try
        {
            Verifier.Check(function, stage);
        }
        catch (InvalidOperationException broken)
        {
            throw new InvalidOperationException($"After the pass '{after.Name}': {broken.Message}", broken);
        }
    }
}
