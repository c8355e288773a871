namespace CogVideoX.Compiler.Language;

/// <summary>On a <c>ref</c> parameter of a <see cref="PtxAttribute"/> method: the instruction takes the address, not the value.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class AddressAttribute : Attribute;
