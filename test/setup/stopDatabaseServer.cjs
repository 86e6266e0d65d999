module.exports = async function stopDatabaseServer() {};
