namespace CogVideoX.Compiler.Language;

/// <summary>Arithmetic that rounds other than to nearest.</summary>
public static class Rounded
{
    /// <summary>x + y toward zero.</summary>
    [Ptx("add.rz.f32 {result}, {x}, {y};", Pure = true)]
    public static float AddTowardZero(float x, float y) => DeviceOnly.Called<float>();

    /// <summary>x + y downward.</summary>
    [Ptx("add.rm.f32 {result}, {x}, {y};", Pure = true)]
    public static float AddDown(float x, float y) => DeviceOnly.Called<float>();

    /// <summary>x + y upward.</summary>
    [Ptx("add.rp.f32 {result}, {x}, {y};", Pure = true)]
    public static float AddUp(float x, float y) => DeviceOnly.Called<float>();

    /// <summary>x·y toward zero.</summary>
    [Ptx("mul.rz.f32 {result}, {x}, {y};", Pure = true)]
    public static float MultiplyTowardZero(float x, float y) => DeviceOnly.Called<float>();

    /// <summary>x·y downward.</summary>
    [Ptx("mul.rm.f32 {result}, {x}, {y};", Pure = true)]
    public static float MultiplyDown(float x, float y) => DeviceOnly.Called<float>();

    /// <summary>x·y upward.</summary>
    [Ptx("mul.rp.f32 {result}, {x}, {y};", Pure = true)]
    public static float MultiplyUp(float x, float y) => DeviceOnly.Called<float>();

    /// <summary>1 / x to nearest even.</summary>
    [Ptx("rcp.rn.f32 {result}, {x};", Pure = true)]
    public static float Reciprocal(float x) => 1 / x;
}
