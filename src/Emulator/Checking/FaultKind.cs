namespace CogVideoX.Emulator;

/// <summary>What a launch may be guilty of.</summary>
public enum FaultKind
{
    /// <summary>An address outside every allocation of its space, or across an allocation's end.</summary>
    OutOfBounds,

    /// <summary>An address that isn't a multiple of the access's size.</summary>
    Misaligned,

    /// <summary>Memory or a register read before anything was written there.</summary>
    Uninitialized,

    /// <summary>Two accesses to one place, one of them a write, that nothing orders.</summary>
    Race,

    /// <summary>Data or registers of an asynchronous operation touched before it was waited for.</summary>
    Asynchronous,

    /// <summary>Generic and asynchronous proxy used on one place with no proxy fence between.</summary>
    Proxy,

    /// <summary>A collective instruction reached by a part of its threads, or with counts that don't fit.</summary>
    Divergent,

    /// <summary>Every thread that is left waits for something that nobody will do.</summary>
    Deadlock,

    /// <summary>The budget of instructions is spent.</summary>
    EndlessLoop,

    /// <summary>The kernel's own assert failed.</summary>
    Assertion,

    /// <summary>The kernel ended itself: trap, or brkpt with no debugger to go on from there.</summary>
    Trap,

    /// <summary>A block of malloc touched after it was freed.</summary>
    UseAfterFree,

    /// <summary>A block of malloc freed once more.</summary>
    FreedTwice,

    /// <summary>
    /// Something that PTX forbids or leaves undefined: a bad operand value, a function without a body, free of what malloc didn't give.
    /// </summary>
    Invalid,

    /// <summary>The launch asks for more than the device has: shared memory, threads, registers.</summary>
    Limit,
}
