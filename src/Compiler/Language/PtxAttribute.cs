namespace CogVideoX.Compiler.Language;

/// <summary>
/// Makes a static method an instruction: in a kernel, a call of it becomes <paramref name="text"/>. Parameters and the result are named
/// in braces: <c>[Ptx("ex2.approx.f32 {result}, {x};")] static float Exp2(float x)</c>.
/// </summary>
/// <param name="text">
/// PTX, one or more statements. <c>{x}</c> is the parameter x, <c>{result}</c> the result. A scalar (or a struct of one) prints as a
/// register or a constant, a struct or inline array of several as a list in braces, a <c>ref</c> parameter as a register that is read and
/// written, an <c>out</c> parameter as one that is written; a parameter with <see cref="AddressAttribute"/> as the register that holds the
/// address, and <c>{x:space}</c> as the name of its state space; one of an enum with <see cref="PtxWordAttribute"/> as the word.
/// <c>{T}</c> is the type argument T as a PTX type (f32, s32, u64, bf16…), <c>{T:b}</c> as an untyped one (b32). <c>{unique}</c> is a
/// number that no other use of the text has, for labels. A brace that is PTX's own is doubled. Which types T may be,
/// <see cref="TypesAttribute"/> says.
/// </param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PtxAttribute(string text) : Attribute
{
    public string Text { get; } = text;

    /// <summary>
    /// The result depends on the operands alone, so that calls may be merged, moved and dropped. Everything else stays where
    /// the C# has it, in order with all other memory, barrier and warp operations.
    /// </summary>
    public bool Pure { get; init; }

    /// <summary>
    /// The instruction works on 32-bit words: it is written once for each word of the value that the method returns, and of the parameters
    /// of that type. Types of 8 and 16 bits have a word of their own, small fields that lie in one word share it.
    /// </summary>
    public bool InWords { get; init; }

    /// <summary>What the module must declare before, such as <c>.extern .func</c>; once, whatever the number of calls.</summary>
    public string Declaration { get; init; } = "";

    /// <summary>Least architecture: 80 for sm_80.</summary>
    public int Architecture { get; init; } = 80;

    /// <summary>Only the architecture-specific target has it (sm_90a).</summary>
    public bool ArchitectureSpecific { get; init; }

    /// <summary>Least PTX ISA version, times ten.</summary>
    public int IsaVersion { get; init; } = 70;
}
