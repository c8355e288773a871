namespace CogVideoX.Emulator.Checking;

/// <summary>Who makes an access: an ordinary thread or a kind of asynchronous work.</summary>
internal enum Actor
{
    Thread,
    CopyAsync,
    BulkRead,
    BulkWrite,
    Wgmma,
    TensorLoad,
}
