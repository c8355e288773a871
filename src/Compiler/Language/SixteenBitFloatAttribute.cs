namespace CogVideoX.Compiler.Language;

/// <summary>On a struct of one ushort: it is a 16-bit float, and lives in a 16-bit register.</summary>
/// <param name="ptxType">its name in PTX: f16, bf16</param>
[AttributeUsage(AttributeTargets.Struct)]
internal sealed class SixteenBitFloatAttribute(string ptxType) : Attribute
{
    public string PtxType { get; } = ptxType;
}
