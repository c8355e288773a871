namespace CogVideoX.Compiler.Language;

/// <summary>A struct of one ushort that is a 16-bit float: kernels keep it in a 16-bit register.</summary>
/// <param name="ptx">its name in PTX, such as bf16</param>
[AttributeUsage(AttributeTargets.Struct)]
internal sealed class SixteenBitFloatAttribute(string ptx) : Attribute
{
    public string Ptx { get; } = ptx;
}
