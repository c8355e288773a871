namespace CogVideoX.Compiler.Frontend.Il;

/// <summary>What a method does with a local variable or an argument.</summary>
internal struct VariableUse
{
    /// <summary>Instructions that assign it.</summary>
    public int Stores { get; set; }

    public bool IsAddressed { get; set; }
}
