namespace CogVideoX.Emulator.Instructions;

/// <summary>.ftz and .sat of a single-precision instruction, known when it is compiled.</summary>
internal interface IFloatMode
{
    static abstract bool Flush { get; }

    static abstract bool Saturate { get; }
}
